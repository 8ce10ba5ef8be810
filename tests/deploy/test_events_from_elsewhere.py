"""Compare the template and the module that bring lock events from elsewhere, and the stack that they reach."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.commands import ROOT
from tests import needs
from tests.deploy.stack_files import Document, resources, template

MODULE = ROOT / "terraform" / "modules" / "events"
REAPERS, MEMBER, REGION = "999999999999", "111122223333", "ap-south-1"
HERE = f'locals {{\n  partition  = "aws"\n  account_id = "{MEMBER}"\n  region     = "{REGION}"\n}}\n'
ASKED = "jsonencode({ topic = local.topic_policy, trust = local.trust, rights = local.rights, name = local.name, \
pattern = local.event_pattern, is_topic = local.is_topic, subscribes = local.subscribes_itself })\n"


def parameters(way: str, account: str = REAPERS, stage: str = "prod") -> dict[str, str]:
    return {
        "Way": way,
        "ReaperStage": stage,
        "ReaperAccountId": account,
        "ReaperQueueArn": f"arn:aws:sqs:eu-west-1:{account}:tflock-events-{stage}",
        "ReaperBusArn": f"arn:aws:events:eu-west-1:{account}:event-bus/tflock-reaper-{stage}",
    }


class Made:
    """What CloudFormation makes of the template with these parameters."""

    def __init__(self, given: dict[str, str]) -> None:
        document = template((ROOT / "deploy" / "events-from-elsewhere.yaml").read_text())
        self.parameters = set(document["Parameters"])
        self._conditions = document["Conditions"]
        self._values = given | {"AWS::Partition": "aws", "AWS::AccountId": MEMBER, "AWS::Region": REGION}
        made = {name: one for name, one in document["Resources"].items() if self._is(one["Condition"])}
        self.resources = {name: self._worked_out(one["Properties"]) for name, one in made.items()}

    def _is(self, condition: str) -> bool:
        return bool(self._worked_out(self._conditions[condition]))

    def _worked_out(self, value: Any) -> Any:
        if isinstance(value, dict) and len(value) == 1 and (known := self._functions().get(next(iter(value)))):
            return known(next(iter(value.values())))
        if isinstance(value, dict):
            return {name: self._worked_out(part) for name, part in value.items()}
        return [self._worked_out(part) for part in value] if isinstance(value, list) else value

    def _functions(self) -> dict[str, Callable[[Any], Any]]:
        work = self._worked_out
        return {
            "Ref": lambda name: self._values.get(name, name),
            "Condition": self._is,
            "Fn::Sub": lambda text: re.sub(r"\$\{([\w:]+)\}", lambda found: self._values[found[1]], text),
            "Fn::Equals": lambda two: work(two[0]) == work(two[1]),
            "Fn::And": lambda parts: all(map(work, parts)),
            "Fn::GetAtt": lambda name: f"the ARN of {name}",
        }


def terraform(folder: Path, *arguments: str, asked: str = "") -> str:
    """Run Terraform without anybody's settings, and return what it says."""
    environment = {"PATH": "/usr/bin:/bin", "TF_CLI_CONFIG_FILE": "/dev/null", "CHECKPOINT_DISABLE": "1"}
    done = subprocess.run(  # noqa: S603
        [needs.terraform(), *arguments],
        cwd=folder,
        env=environment,
        input=asked.encode(),
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def by_terraform(folder: Path, given: dict[str, str]) -> Document:
    """What the module's locals are; ``terraform console`` needs no provider for these."""
    (folder / "here.tf").write_text(HERE)
    for name in ("statements.tf", "variables.tf"):
        (folder / name).write_text((MODULE / name).read_text())
    variables = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): value for name, value in given.items()}
    (folder / "terraform.tfvars.json").write_text(json.dumps(variables))
    loaded: Document = json.loads(json.loads(terraform(folder, "console", "-no-color", asked=ASKED)))
    return loaded


@pytest.mark.parametrize("account", [REAPERS, MEMBER])
@pytest.mark.parametrize(("way", "stage"), [("topic", "prod"), ("eventbridge", "prod"), ("topic", "eu")])
def test_terraform_makes_the_same_as_cloudformation(way: str, stage: str, account: str, tmp_path: Path) -> None:
    given = parameters(way, account, stage)
    module, made = by_terraform(tmp_path, given), Made(given).resources
    assert module["is_topic"] == ("Topic" in made) == ("Rule" not in made)
    assert module["subscribes"] == ("Subscription" in made)
    if module["is_topic"]:
        assert made["TopicPolicy"]["PolicyDocument"]["Statement"] == module["topic"]
        assert made["Topic"]["TopicName"] == module["name"]
    else:
        assert made["RuleRole"]["AssumeRolePolicyDocument"]["Statement"] == module["trust"]
        assert made["RuleRole"]["Policies"][0]["PolicyDocument"]["Statement"] == module["rights"]
        assert (made["Rule"]["Name"], made["Rule"]["EventPattern"]) == (module["name"], module["pattern"])


def test_the_module_s_variables_are_the_template_s_parameters() -> None:
    named = re.findall(r'^variable "(\w+)"', (MODULE / "variables.tf").read_text(), re.MULTILINE)
    assert {name.replace("_", "") for name in named} == {name.lower() for name in Made(parameters("topic")).parameters}


def test_only_the_reapers_queue_may_be_subscribed_and_a_stranger_in_s3_s_name_publishes_nothing() -> None:
    publish, subscribe, _ = Made(parameters("topic")).resources["TopicPolicy"]["PolicyDocument"]["Statement"]
    assert publish["Condition"] == {"StringEquals": {"aws:SourceAccount": MEMBER}}
    queue = parameters("topic")["ReaperQueueArn"]
    assert (subscribe["Principal"], subscribe["Condition"]["StringEquals"]["sns:Endpoint"]) == ({"AWS": REAPERS}, queue)


def test_a_queue_of_another_account_is_subscribed_there_because_here_it_would_have_to_be_confirmed() -> None:
    assert "Subscription" not in Made(parameters("topic")).resources
    assert "Subscription" in Made(parameters("topic", MEMBER)).resources


def test_what_is_sent_on_is_what_the_stack_s_own_rule_takes() -> None:
    taken = resources()["Resources"]["EventsFromElsewhere"]["Properties"]["EventPattern"]
    assert Made(parameters("eventbridge")).resources["Rule"]["EventPattern"] == taken


def test_the_bus_and_the_topic_have_the_names_that_the_stack_knows() -> None:
    assert resources()["Resources"]["LockEventBus"]["Properties"]["Name"] == {"Fn::Sub": "tflock-reaper-${Stage}"}
    assert Made(parameters("topic", stage="eu")).resources["Topic"]["TopicName"] == "tflock-reaper-eu"


def test_the_module_is_formatted() -> None:
    terraform(MODULE, "fmt", "-check")


@pytest.mark.thorough
def test_the_module_is_valid_for_the_real_provider(tmp_path: Path) -> None:
    mirror = needs.aws_provider()
    for file in MODULE.glob("*.tf"):
        (tmp_path / file.name).write_text(file.read_text())
    terraform(tmp_path, "init", f"-plugin-dir={mirror}")
    assert "Success!" in terraform(tmp_path, "validate", "-no-color")
