"""Test the package as `make package` makes it: one template, one zip, and the rules layer beside them."""

import zipfile
from pathlib import Path

import msgspec
import pytest

from chalicelib import checked_rules
from chalicelib.checked_rules import Config
from chalicelib.config.file import load
from chalicelib.core.version import Version
from chalicelib.stack.layer import rules_in
from chalicelib.version import this_version
from deploy import runtime
from deploy.commands import ROOT, CommandError
from deploy.package import archive
from deploy.package.__main__ import main
from deploy.package.build import Package, build
from deploy.package.target import of_functions_here
from deploy.stack import made_for
from tests.deploy.stack_files import Document, template

EXAMPLE = ROOT / "reaper.example.toml"
FUNCTIONS = {
    "NightlySweep",
    "SweepTarget",
    "WatchLocks",
    "RecordLockEvent",
    "APIHandler",
    "ReleaseLock",
    "AnswerClick",
    "TableChanged",
    "ExamineSetup",
}
QUEUES = {
    "SweepTarget": "${SweepQueue.Arn}",
    "RecordLockEvent": "${LockEventQueue.Arn}",
    "ReleaseLock": "${ReleaseQueue.Arn}",
    "AnswerClick": "${ClickQueue.Arn}",
}
pytestmark = pytest.mark.local_cloud  # not for the cloud but for its five seconds, and because pip fetches packages


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return build(of_functions_here())


@pytest.fixture(scope="module")
def stack(package: Package) -> Document:
    return template(package.template.read_text())


def _of_type(stack: Document, kind: str) -> dict[str, Document]:
    return {name: r["Properties"] for name, r in stack["Resources"].items() if r["Type"] == kind}


def test_every_function_logs_to_the_one_group_which_has_a_retention_and_outlives_the_stack(stack: Document) -> None:
    assert set(_of_type(stack, "AWS::Serverless::Function")) == FUNCTIONS
    assert stack["Globals"]["Function"]["LoggingConfig"] == {"LogGroup": {"Ref": "LogGroup"}}
    group = _of_type(stack, "AWS::Logs::LogGroup")["LogGroup"]
    assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert group["KmsKeyId"] == {"Fn::If": ["HasLogKmsKey", {"Ref": "LogKmsKeyArn"}, {"Ref": "AWS::NoValue"}]}
    assert stack["Resources"]["LogGroup"]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_every_function_has_a_role_of_its_own(stack: Document) -> None:
    roles = {p["Role"]["Fn::GetAtt"][0] for p in _of_type(stack, "AWS::Serverless::Function").values()}
    assert len(roles) == len(FUNCTIONS)


@pytest.mark.parametrize(("function", "queue"), QUEUES.items())
def test_a_function_takes_from_the_queue_of_this_stack(stack: Document, function: str, queue: str) -> None:
    (source,) = stack["Resources"][function]["Properties"]["Events"].values()
    assert source["Properties"]["Queue"] == {"Fn::Sub": queue}


def test_only_the_lock_events_that_failed_are_delivered_again(stack: Document) -> None:
    (source,) = stack["Resources"]["RecordLockEvent"]["Properties"]["Events"].values()
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["Properties"]["BatchSize"] == 25
    assert source["Properties"]["MaximumBatchingWindowInSeconds"] == {"Ref": "EventBatchingSeconds"}


def test_slack_reaches_the_api_by_a_route_for_clicks_and_one_for_commands(stack: Document) -> None:
    routes = stack["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    # By GET Slack only looks at the certificate.
    assert {path: set(methods) for path, methods in routes.items()} == {
        "/slack/actions": {"get", "post"},
        "/slack/commands": {"get", "post"},
    }
    told = {name: output["Value"]["Fn::Sub"] for name, output in stack["Outputs"].items() if name.startswith("Slack")}
    assert told["SlackActionsUrl"].endswith("/api/slack/actions")
    assert told["SlackCommandsUrl"].endswith("/api/slack/commands")


def test_no_function_is_told_what_it_does_not_need(stack: Document) -> None:
    told = {
        name: set(properties["Environment"]["Variables"])
        for name, properties in _of_type(stack, "AWS::Serverless::Function").items()
    }
    shared = {"LOCK_BOOK_TABLE", "RELEASE_QUEUE_URL", "CLICK_QUEUE_URL"}
    world = shared | {"EVENT_QUEUE_URL", "SLACK_BOT_TOKEN_PARAMETER"}
    assert told == dict.fromkeys(FUNCTIONS, world) | {
        "NightlySweep": {"SWEEP_QUEUE_URL", "LOCK_BOOK_TABLE", "SLACK_BOT_TOKEN_PARAMETER"},
        "SweepTarget": world | {"SWEEP_QUEUE_URL"},
        "RecordLockEvent": world | {"SETTLE_SECONDS", "RELEASE_ROLE_ID", "ANSWER_ROLE_ID"},
        "APIHandler": shared | {"SLACK_SIGNING_SECRET_PARAMETER"},
        "TableChanged": {"EVENT_QUEUE_URL"},
        "ExamineSetup": {"LOCK_BOOK_TABLE", "SLACK_BOT_TOKEN_PARAMETER", "STACK_NAME"},
    }


def test_every_function_knows_its_stage_which_its_metrics_are_of(stack: Document) -> None:
    assert stack["Globals"]["Function"]["Environment"]["Variables"]["STAGE"] == {"Ref": "Stage"}


def test_the_template_is_short_enough_for_cloudformation(package: Package) -> None:
    """A template in a bucket may have this; one that is sent may have 51,200 bytes. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html."""
    assert len(package.template.read_bytes()) < 1_000_000


def test_the_zip_has_the_application_and_no_rules_tests_or_tools(package: Package) -> None:
    with zipfile.ZipFile(package.code) as code:
        files = code.namelist()
    assert {"app.py", "chalicelib/wiring.py", "chalicelib/checked_rules.py", "chalice/app.py"} <= set(files)
    not_ours = ("tests/", "deploy/", "demo/", "tflocks/", "vendor/", "reaper.toml")
    assert [name for name in files if name.startswith(not_ours)] == []
    assert not any(name.endswith("rules.json") for name in files)


def test_the_rules_layer_has_the_checked_rules_and_another_configuration_makes_no_other_package(
    package: Package, tmp_path: Path
) -> None:
    one = load(EXAMPLE)
    other = msgspec.structs.replace(one, slack_app="A0OTHER")
    first, second = (made_for(config, package, tmp_path / config.slack_app) for config in (one, other))
    assert [checked_rules.decode(rules_in(made.rules.read_bytes())) for made in (first, second)] == [one, other]
    assert (first.code, first.template) == (second.code, second.template)


def test_every_module_has_its_bytecode_of_the_functions_python(package: Package) -> None:
    with zipfile.ZipFile(package.code) as code:
        files = set(code.namelist())
    tag = "cpython-" + of_functions_here().version.replace(".", "")
    sources = {Path(name) for name in files if name.endswith(".py")}
    assert {str(path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc") for path in sources} <= files


def test_the_zip_describes_the_services_that_are_called_and_no_other(package: Package) -> None:
    with zipfile.ZipFile(package.code) as code:
        described = [name.split("/")[2:] for name in code.namelist() if name.startswith("botocore/data/")]
        assert code.testzip() is None
    targets_are_found_by = {"organizations", "resourcegroupstaggingapi"}
    looks = {"cloudformation", "cloudtrail", "cloudwatch", "events", "iam", "kms", "lambda", "logs", "s3control", "sns"}
    called = {"dynamodb", "s3", "sqs", "ssm", "sts"} | targets_are_found_by | looks
    assert {path[0] for path in described if len(path) > 1} == called
    assert ["endpoints.json"] in described


def test_a_configuration_with_mistakes_is_not_packaged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "reaper.toml"
    config.write_text("[slack]\n")
    assert main(["--config", str(config), "--stage", "never"]) == 1
    assert "slack.team_id is missing" in capsys.readouterr().err
    assert not (ROOT / "build" / "never").exists()


def test_rules_that_the_packaged_code_cannot_read_end_the_packaging(package: Package, tmp_path: Path) -> None:
    unchecked = Config(slack_app=5, slack_api="", rules=load(EXAMPLE).rules)  # type: ignore[arg-type]
    with pytest.raises(CommandError, match=r"rules\.json .* does not fit it .* run `make deploy`"):
        made_for(unchecked, package, tmp_path)


def test_the_package_says_its_version_and_commit_in_the_code_and_in_the_outputs_of_the_stack(
    package: Package, stack: Document
) -> None:
    with zipfile.ZipFile(package.code) as code:
        said = msgspec.json.decode(code.read("chalicelib/version.json"), type=Version)
    assert said == this_version()
    assert (stack["Outputs"]["Version"]["Value"], stack["Outputs"]["Commit"]["Value"]) == (said.number, said.commit)


def test_another_version_of_the_same_sources_differs_in_nothing_else(package: Package) -> None:
    other = build(of_functions_here(), Version("2.0.0-rc.1", "1" * 40))
    one, two = (archive.read(made.code) for made in (package, other))
    assert {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)} == {"chalicelib/version.json"}
    assert template(other.template.read_text())["Outputs"]["Version"]["Value"] == "2.0.0-rc.1"


def test_the_functions_run_on_the_python_of_the_project_and_not_of_whoever_builds(stack: Document) -> None:
    told = {properties["Runtime"] for properties in _of_type(stack, "AWS::Serverless::Function").values()}
    assert told == {f"python{runtime.VERSION}"}
