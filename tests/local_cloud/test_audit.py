"""The audit trail of a day: who held a state, for what, and who let it go; told once each, however often S3 tells it.

What AWS's data cannot tell apart, and so the journal cannot either: ``destroy`` from ``apply``, ``import`` from
``console``, ``workspace delete`` from ``state replace-provider`` (each pair writes one and the same operation), and
``force-unlock`` from ``aws s3 rm`` (each is one delete, by somebody else than the holder).
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime

import pytest

from chalicelib.slack.words.parts.buttons import PUT_BACK_ACTION
from demo import identities
from demo.deployed import ALICE, DeployedReaper
from demo.terraform import TerraformState
from demo.waiting import wait_for
from tests.journal_schema import Line
from tests.local_cloud.asking import holds
from tests.local_cloud.bridged import tell_by_eventbridge
from tests.local_cloud.conftest import UNVERSIONED, UNWIRED, VERSIONED
from tests.local_cloud.steps import APPLY, change_variables, click, function_named, gone, says, waiting

NETWORK, SHORT, BRIDGED = "network/audit.tfstate", "short/audit.tfstate", "bridged/audit.tfstate"
SUFFIX = "audit.tfstate.tflock"
HOLDS = 12
_LATE = 150
"""Seconds in which everything is told, late releases too."""
Hold = tuple[Line, Line]
"""The line of the acquire and that of the release."""


@pytest.fixture(scope="module")
def people(reaper: DeployedReaper) -> dict[str, Mapping[str, str]]:
    """A CI run and a person by single sign-on, both sessions of roles, and a user with an access key."""
    cloud = reaper.cloud
    return {
        "ci": identities.session(cloud, identities.role(cloud, "ci"), "ci-run-7"),
        "carol": identities.session(cloud, identities.role(cloud, "people"), "carol@acme.example"),
        "bob": identities.user(cloud, "bob"),
    }


@pytest.fixture(scope="module")
def patient(reaper: DeployedReaper) -> Iterator[DeployedReaper]:
    """A reaper that waits longer for what S3 tells late: here five cold functions start at once on a busy machine.

    With the few seconds of the other tests an acquire came after its release was settled, once in some ten runs.
    """
    recording = function_named(reaper.cloud, "RecordLockEvent")
    before = change_variables(reaper.cloud, recording, {"SETTLE_SECONDS": "30"})
    yield reaper
    change_variables(reaper.cloud, recording, before)


@pytest.fixture(scope="module")
def day(
    patient: DeployedReaper,
    program: str,
    people: dict[str, Mapping[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Line]:
    """The journal of the whole day, after S3 told everything twice."""
    reaper = patient
    module = TerraformState(
        program, tmp_path_factory.mktemp("audit") / "network", bucket=VERSIONED, key=NETWORK, environment=people["ci"]
    )
    copies = _copies_of_what_s3_tells(reaper, VERSIONED, UNVERSIONED)
    _run_commands(module)
    try:
        _lose_runs(reaper, module, people)
    finally:
        module.kill()
    for bucket in (VERSIONED, UNVERSIONED):
        reaper.put_lock(bucket, SHORT, APPLY, people["ci"])
        reaper.delete_lock(bucket, SHORT, people["ci"])
    tell_by_eventbridge(reaper, UNWIRED, BRIDGED)
    wait_for("every hold is told", lambda: len(_told(reaper)) >= 2 * HOLDS, _LATE)
    _tell_again(reaper, copies)
    return _told(reaper)


def test_every_hold_is_one_line_when_it_begins_and_one_when_it_ends(day: list[Line]) -> None:
    holds = [hold for path in {line["state_path"] for line in day} for hold in _holds(day, path)]
    assert len(holds) == HOLDS
    assert len({line["event_id"] for line in day}) == len(day) == 2 * HOLDS
    for acquired, released in holds:
        assert (acquired["event"], released["event"]) == ("lock_acquired", "lock_released")
        assert released["acquired_at"] == acquired["time"]
        began, ended = (datetime.fromisoformat(line["time"]) for line in (acquired, released))
        assert released["held_seconds"] == pytest.approx((ended - began).total_seconds())
        assert released["held_seconds"] > 0 or acquired["told_by"] == "eventbridge"
        assert acquired.get("lock_id") == released.get("lock_id")


def test_the_commands_of_a_run_are_told_by_the_operation_that_terraform_writes(day: list[Line]) -> None:
    """A destroy is an apply here and an import a console, as Terraform itself calls them."""
    operations = [acquired["operation"] for acquired, _ in _holds(day, f"{VERSIONED}/{NETWORK}")]
    plan, apply, destroy, imported, *killed = operations
    assert (plan, apply, destroy) == ("OperationTypePlan", "OperationTypeApply", "OperationTypeApply")
    assert imported == "OperationTypeInvalid"
    assert set(killed) == {"OperationTypeApply"}
    workspace = [acquired["operation"] for acquired, _ in _holds(day, f"{VERSIONED}/env:/dev/{NETWORK}")]
    assert (workspace[0], workspace[-1]) == ("init", "state-replace-provider")


def test_a_run_that_ended_well_was_let_go_by_the_identity_that_took_the_lock(day: list[Line]) -> None:
    commands = _holds(day, f"{VERSIONED}/{NETWORK}")[:4] + _holds(day, f"{VERSIONED}/env:/dev/{NETWORK}")
    for acquired, released in commands:
        assert released["released_by"] == "holder"
        assert acquired["session_name"] == released["session_name"] == "ci-run-7"
        assert acquired["principal"] == released["principal"]
        assert acquired["principal"].startswith("AWS:AROA")
        assert "@" in acquired["who"]
        assert acquired["who"] == released["who"]
        assert acquired["lock_id"]
        assert "slack_user" not in acquired | released


def test_a_killed_run_released_by_a_click_has_the_person_in_slack_and_so_has_its_being_put_back(
    day: list[Line],
) -> None:
    clicked, back, _ = _holds(day, f"{VERSIONED}/{NETWORK}")[4:]
    assert clicked[0]["session_name"] == "ci-run-7"
    assert (clicked[1]["released_by"], clicked[1]["slack_user"]) == ("slack", ALICE.id)
    assert "ReleaseLock" in clicked[1]["session_name"]
    assert back[0]["slack_user"] == ALICE.id
    assert "AnswerClick" in back[0]["session_name"]
    assert [line["lock_id"] for line in (*clicked, *back)] == [clicked[0]["lock_id"]] * 4


def test_a_killed_run_released_by_somebody_else_has_their_identity(day: list[Line]) -> None:
    """``force-unlock`` and ``aws s3 rm`` are one and the same call to S3."""
    _, (_, unlocked), (_, removed) = _holds(day, f"{VERSIONED}/{NETWORK}")[4:]
    assert (unlocked["released_by"], removed["released_by"]) == ("other", "other")
    assert unlocked["principal"].startswith("AWS:AIDA")
    assert removed["session_name"] == "carol@acme.example"
    assert "session_name" not in unlocked
    assert "slack_user" not in unlocked | removed


def test_a_lock_gone_before_it_could_be_read_has_its_whole_story_where_versions_are_kept(day: list[Line]) -> None:
    [(acquired, released)] = _holds(day, f"{VERSIONED}/{SHORT}")
    assert acquired["lock_id"] == released["lock_id"] == json.loads(APPLY)["ID"]
    [(acquired, released)] = _holds(day, f"{UNVERSIONED}/{SHORT}")
    for line in (acquired, released):  # without versions it depends on who is faster
        assert line.get("incomplete", False) == ("lock_id" not in line)
        assert line["session_name"] == "ci-run-7"


def test_eventbridge_tells_the_account_alone_and_the_line_says_so(day: list[Line]) -> None:
    [(acquired, released)] = _holds(day, f"{UNWIRED}/{BRIDGED}")
    for line in (acquired, released):
        assert (line["told_by"], line["account"]) == ("eventbridge", "000000000000")
        assert "principal" not in line
    assert acquired["lock_id"]
    assert released["released_by"] == "unknown"


def test_tflocks_history_shows_each_hold_of_the_day_with_who_let_it_go(reaper: DeployedReaper, day: list[Line]) -> None:
    shown = holds(reaper, f"{VERSIONED}/{NETWORK}")
    mine, lost = "holder", "apply or destroy"
    assert [(hold["operation"], hold["released_by"]) for hold in reversed(shown)] == [
        *[("plan", mine), ("apply or destroy", mine), ("apply or destroy", mine), ("import or console", mine)],
        *[(lost, "slack"), (lost, "other"), (lost, "other")],
    ]
    removed, unlocked, clicked = shown[:3]
    assert (clicked["slack_user"], unlocked["put_back_by"]) == (ALICE.id, ALICE.id)
    assert (removed["release_session_name"], removed["session_name"]) == ("carol@acme.example", "ci-run-7")
    assert {hold["source"] for hold in shown} == {"both"}
    assert not any(hold["still_held"] or hold["incomplete"] for hold in shown)
    workspace = holds(reaper, f"{VERSIONED}/env:/dev/{NETWORK}")
    ours = _holds(day, f"{VERSIONED}/env:/dev/{NETWORK}")
    assert [hold["terraform_operation"] for hold in reversed(workspace)] == [taken["operation"] for taken, _ in ours]
    assert {hold["released_by"] for hold in workspace} == {mine}


def _run_commands(module: TerraformState) -> None:
    """Six holds of the state and those of a workspace, all by their holder."""
    module.must("init")
    module.must("plan")
    module.must("apply", "-auto-approve")
    module.must("destroy", "-auto-approve")
    module.must("import", "terraform_data.network", "made-by-hand")
    module.must("workspace", "new", "dev")
    module.must("workspace", "select", "default")
    module.must("workspace", "delete", "dev")


def _lose_runs(reaper: DeployedReaper, module: TerraformState, people: dict[str, Mapping[str, str]]) -> None:
    """One released in Slack, put back, and released by ``force-unlock``; one released by ``aws s3 rm``."""
    lock = json.loads(_lose_run(reaper, module))
    alert = reaper.alert_of(VERSIONED, NETWORK)
    click(reaper, alert)
    says(reaper, alert, "Released by", PUT_BACK_ACTION)
    click(reaper, alert, ALICE, PUT_BACK_ACTION)
    says(reaper, alert, "Put back by")
    module.run_by(people["bob"]).must("force-unlock", "-force", lock["ID"])
    _lose_run(reaper, module)
    remove = [sys.executable, "-m", "awscli", "s3", "rm", f"s3://{VERSIONED}/{NETWORK}.tflock"]
    subprocess.run(remove, env=people["carol"], check=True, capture_output=True, timeout=60)  # noqa: S603  all ours
    gone(reaper, NETWORK)


def _lose_run(reaper: DeployedReaper, module: TerraformState) -> bytes:
    module.start_apply(600)
    lock = wait_for("the run has its lock", lambda: reaper.lock_body(VERSIONED, NETWORK), every=0.05)
    module.kill()
    return lock


def _copies_of_what_s3_tells(reaper: DeployedReaper, *buckets: str) -> str:
    """A queue that gets every notification of the day too, which S3 itself would not send to two."""
    sqs, s3 = reaper.cloud.client("sqs"), reaper.cloud.client("s3")
    url = str(sqs.create_queue(QueueName="copies")["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allowed = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:*", "Resource": arn}
    policy = {"Version": "2012-10-17", "Statement": allowed}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    copied = {
        "QueueArn": arn,
        "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": SUFFIX}]}},
    }
    for bucket in buckets:
        told = s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"]
        both = {"QueueConfigurations": [*told, copied]}
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=both)
    return url


def _tell_again(reaper: DeployedReaper, copies: str) -> None:
    """Send every notification once more, the last one first, and wait until nothing is left to do."""
    sqs, bodies = reaper.cloud.client("sqs"), []
    while got := sqs.receive_message(QueueUrl=copies, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in got if "Records" in message["Body"]]
    assert len(bodies) == 2 * (HOLDS - 1)
    for body in reversed(bodies):
        sqs.send_message(QueueUrl=reaper.outputs["LockEventsQueueUrl"], MessageBody=body)
    wait_for("all of it is dealt with", lambda: not waiting(reaper, "LockEventsQueueUrl"), _LATE)


def _told(reaper: DeployedReaper) -> list[Line]:
    """The day's acquires and releases."""
    kinds = {"lock_acquired", "lock_released"}
    ours = (NETWORK, SHORT, BRIDGED)
    return [line for line in reaper.journal() if line["event"] in kinds and line["state_path"].endswith(ours)]


def _holds(day: list[Line], path: str) -> list[Hold]:
    """The holds of a state, oldest first."""
    lines = [line for line in day if line["state_path"] == path]
    # By time and not by text: a whole second is written without a fraction, and "34Z" comes after "34.638Z".
    lines.sort(key=lambda line: (datetime.fromisoformat(line["time"]), line["event"]))
    return list(zip(lines[::2], lines[1::2], strict=True))
