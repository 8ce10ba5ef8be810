"""``tflocks connect`` and ``disconnect`` on an account in memory."""

import json
from collections.abc import Iterator
from typing import Any, cast

import boto3
import msgspec
import pytest

from chalicelib.aws.book.target_book import DynamoTargetBook
from chalicelib.core.locks.account import Account as Owner
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.notifications.merging import rules
from chalicelib.core.targets.remembered import Remembered, container_of
from tests.aws_fixtures import REGION
from tests.builders import TAKEN, some_rules
from tests.tflocks.account import BOOK, EVENT_QUEUE, Account, an_account, document, run
from tflocks.commands.connect.carrying_out import _RESULTS
from tflocks.commands.connect.question import Act

pytestmark = pytest.mark.thorough

ELSEWHERE = "ap-south-1"
TOPIC = f"arn:aws:sns:{ELSEWHERE}:123456789012:tflock-reaper-prod"
OTHER: Any = {
    "Id": "images",
    "QueueArn": EVENT_QUEUE.replace("tflock-events-prod", "images"),
    "Events": ["s3:ObjectCreated:Put"],
}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with an_account(monkeypatch) as made:
        for queue in ("tflock-events-prod", "tflock-events-test", "images"):
            made.client("sqs").create_queue(QueueName=queue)
        yield made


def deployed(account: Account, *targets: Target) -> None:
    account.reaper(msgspec.structs.replace(some_rules(), targets=targets))


def bucket(account: Account, name: str, region: str = REGION, **told: Any) -> Target:
    account.client("s3", region).create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": cast("Any", region)}
    )
    if told:
        account.client("s3", region).put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration=cast("Any", told)
        )
    return Target(Kind.S3, name)


def told(account: Account, name: str) -> dict[str, Any]:
    answer: Any = account.client("s3").get_bucket_notification_configuration(Bucket=name)
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def ids(account: Account, name: str) -> list[str]:
    return [entry["Id"] for entry in told(account, name).get("QueueConfigurations", [])]


def test_a_bucket_is_connected_once_beside_what_it_tells_and_disconnected_again(account: Account) -> None:
    deployed(account, bucket(account, "acme-tfstate", QueueConfigurations=[OTHER], EventBridgeConfiguration={}))
    before = told(account, "acme-tfstate")
    done = run("connect", "acme-tfstate")
    assert (done.exit_code, done.stdout) == (0, f"acme-tfstate: connected (-> {EVENT_QUEUE})\n")
    assert ids(account, "acme-tfstate") == ["images", "tflock-reaper"]
    assert "was connected already" in run("connect", "acme-tfstate").stdout
    assert run("disconnect", "acme-tfstate").exit_code == 0
    assert told(account, "acme-tfstate") == before
    assert "was not connected" in run("disconnect", "acme-tfstate").stdout


def test_a_dry_run_changes_nothing_and_says_what_is_there_and_what_comes(account: Account) -> None:
    deployed(account, bucket(account, "acme-tfstate", QueueConfigurations=[OTHER]))
    done = run("connect", "--dry-run", "acme-tfstate")
    assert done.exit_code == 3
    assert ids(account, "acme-tfstate") == ["images"]
    first, kept, added = done.stdout.splitlines()
    assert first == f"acme-tfstate: would be connected (-> {EVENT_QUEUE})"
    assert kept.startswith("    queue  images  s3:ObjectCreated:Put  *  -> ")
    assert added.startswith("  + queue  tflock-reaper  s3:LifecycleExpiration:*, ")
    assert added.endswith(f"  *.tflock  -> {EVENT_QUEUE}")
    run("connect", "acme-tfstate")
    assert run("connect", "--dry-run", "acme-tfstate").exit_code == 0
    assert run("disconnect", "--dry-run", "acme-tfstate").exit_code == 3
    assert ids(account, "acme-tfstate") == ["images", "tflock-reaper"]


def test_one_bucket_that_fails_stops_no_other_and_is_named(account: Account) -> None:
    deployed(account, bucket(account, "acme-a"), bucket(account, "acme-c"))
    done = run("connect", "acme-a", "acme-b", "acme-c")
    assert done.exit_code == 1
    assert "acme-b: no such bucket" in done.stderr
    assert "3 buckets: 2 connected, 1 failed" in done.stderr
    assert ids(account, "acme-a") == ids(account, "acme-c") == ["tflock-reaper"]


def test_all_are_the_reapers_buckets_of_the_account_and_others_are_counted(account: Account) -> None:
    elsewhere = Target(Kind.S3, "acme-other", account=Owner("444455556666", "network", "role/reaper"))
    table = Target(Kind.DYNAMODB, "locks")
    deployed(account, bucket(account, "acme-a"), elsewhere, table)
    done = run("connect", "--all")
    assert (done.exit_code, done.stdout) == (0, f"acme-a: connected (-> {EVENT_QUEUE})\n")
    assert "not looked at: 1 bucket in other accounts (network (444455556666))" in done.stderr
    assert run("disconnect", "--all").exit_code == 0
    assert ids(account, "acme-a") == []


def test_all_are_also_those_that_a_target_rule_found(account: Account) -> None:
    rule = Discovery(kind=Kind.S3, names=("acme-found-*",), prefixes=("prod/",))
    found = bucket(account, "acme-found-1")
    bucket(account, "acme-not-found")
    account.reaper(msgspec.structs.replace(some_rules(), targets=(), discoveries=(rule,)))
    table = boto3.resource("dynamodb", region_name=REGION).Table(BOOK)
    [known] = msgspec.structs.replace(some_rules(), discoveries=(rule,)).at_home("123456789012", REGION).discoveries
    containers = (container_of(found, known),)
    DynamoTargetBook(table, lambda: TAKEN).replace(Remembered(at=TAKEN, containers=containers))
    done = run("connect", "--all")
    assert (done.exit_code, done.stdout) == (0, f"acme-found-1: connected (-> {EVENT_QUEUE})\n"), done.stderr
    [queue] = told(account, "acme-found-1")["QueueConfigurations"]
    assert dict(rules(queue))["prefix"] == "prod/"


def test_a_bucket_that_the_reaper_knows_in_another_account_is_refused(account: Account) -> None:
    bucket(account, "acme-other")
    deployed(account, Target(Kind.S3, "acme-other", account=Owner("444455556666", "", "role/reaper")))
    done = run("connect", "acme-other")
    assert done.exit_code == 1
    assert "in account 444455556666, your credentials are of 123456789012" in done.stderr
    assert "--reaper-profile" in done.stderr


def test_the_prefixes_are_those_of_the_target_unless_some_are_given(account: Account) -> None:
    made = bucket(account, "acme-tfstate")
    deployed(account, msgspec.structs.replace(made, prefixes=("prod/", "env:/")))
    run("connect", "acme-tfstate")
    assert ids(account, "acme-tfstate") == ["tflock-reaper", "tflock-reaper-2"]
    run("connect", "acme-tfstate/only/", "--prefix", "these/")
    queues = told(account, "acme-tfstate")["QueueConfigurations"]
    assert [dict(rules(queue))["prefix"] for queue in queues] == ["only/", "these/"]


def test_a_bucket_in_another_region_needs_one_of_two_ways_and_takes_a_topic(account: Account) -> None:
    deployed(account, bucket(account, "acme-far", ELSEWHERE))
    account.client("sns", ELSEWHERE).create_topic(Name="tflock-reaper-prod")
    done = run("connect", "acme-far")
    assert done.exit_code == 1
    assert f"the bucket is in {ELSEWHERE}, the queue in {REGION}" in done.stderr
    assert "--topic" in done.stderr
    assert "EventBridge" in done.stderr
    done = run("connect", "acme-far", "--topic", TOPIC)
    assert (done.exit_code, done.stdout) == (0, f"acme-far: connected (-> {TOPIC})\n")
    assert f"aws sns subscribe --region {ELSEWHERE} --topic-arn {TOPIC}" in done.stderr
    assert [entry["Id"] for entry in told(account, "acme-far")["TopicConfigurations"]] == ["tflock-reaper"]
    assert run("disconnect", "acme-far").exit_code == 0
    assert told(account, "acme-far") == {}


def test_another_stages_bucket_is_neither_taken_nor_disconnected(account: Account) -> None:
    bucket(account, "acme-tfstate")
    deployed(account)
    other = EVENT_QUEUE.replace("prod", "test")
    assert run("connect", "acme-tfstate", "--queue", other).exit_code == 0
    for command in ("connect", "disconnect"):
        done = run(command, "acme-tfstate")
        assert done.exit_code == 1
        assert other in done.stderr
    assert ids(account, "acme-tfstate") == ["tflock-reaper"]


def test_without_a_reaper_there_is_no_queue_but_a_bucket_can_be_disconnected(account: Account) -> None:
    bucket(account, "acme-tfstate")
    done = run("connect", "acme-tfstate")
    assert done.exit_code == 1
    assert "--reaper-profile" in done.stderr
    assert "--queue" in done.stderr
    run("connect", "acme-tfstate", "--queue", EVENT_QUEUE)
    done = run("disconnect", "acme-tfstate")
    assert done.exit_code == 0
    assert "nobody knows whether the notifications are those of this stage" in done.stderr
    assert ids(account, "acme-tfstate") == []


def test_rules_that_are_not_stored_yet_are_told_of(account: Account) -> None:
    account.reaper(None)
    bucket(account, "acme-tfstate")
    done = run("connect", "acme-tfstate")
    assert done.exit_code == 0
    assert "it has not stored them yet" in done.stderr
    done = run("connect", "--all")
    assert done.exit_code == 1
    assert "it has not stored them yet" in done.stderr


def test_a_bucket_that_terraform_manages_is_connected_with_a_warning_and_the_block(account: Account) -> None:
    theirs = {**OTHER, "Id": "tf-s3-queue-20261126004436000000000001"}
    deployed(account, bucket(account, "acme-tfstate", QueueConfigurations=[theirs]))
    done = run("connect", "acme-tfstate")
    assert done.exit_code == 0
    assert "look managed by Terraform (tf-s3-queue-20261126004436000000000001)" in done.stderr
    assert f'    queue_arn     = "{EVENT_QUEUE}"' in done.stderr
    assert "Terraform" not in run("connect", "acme-tfstate").stderr
    assert "take ours out there too" in run("disconnect", "acme-tfstate").stderr


def test_the_hcl_has_all_that_the_bucket_tells_and_ours_and_nothing_is_changed(account: Account) -> None:
    deployed(account, bucket(account, "acme-tfstate", QueueConfigurations=[OTHER], EventBridgeConfiguration={}))
    done = run("connect", "--hcl", "acme-tfstate")
    assert done.exit_code == 0
    assert ids(account, "acme-tfstate") == ["images"]
    first, *_ = done.stdout.splitlines()
    assert first == 'resource "aws_s3_bucket_notification" "acme_tfstate" {'
    assert done.stdout.count("  queue {\n") == 2


def test_the_document_has_each_bucket_and_its_changes(account: Account) -> None:
    deployed(account, bucket(account, "acme-tfstate"))
    done = run("connect", "--json", "acme-tfstate", "acme-missing")
    told = document(done)
    assert (done.exit_code, told["schema"], told["account"]) == (1, 1, "123456789012")
    missing, connected = told["buckets"]
    assert (missing["bucket"], missing["result"], missing["problem"]) == ("acme-missing", "failed", "no such bucket")
    assert (connected["result"], connected["region"], connected["destinations"]) == ("connected", REGION, [EVENT_QUEUE])
    assert [change["mark"] for change in connected["changes"]] == ["+"]
    assert json.loads(done.stdout)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "either the buckets that you name, or --all"),
        (("acme-tfstate", "--all"), "either the buckets that you name, or --all"),
        (("not a bucket",), "bucket"),
        (("acme-tfstate", "--prefix", ""), "an empty prefix is the whole bucket"),
        (("acme-tfstate", "--topic", "arn:aws:sns:eu-west-1:123456789012:x.fifo"), "standard SNS topic"),
        (("acme-tfstate", "--topic", TOPIC, "--topic", f"{TOPIC}-2"), "two of one region"),
        (("acme-tfstate", "--queue", "tflock-events-prod"), "the ARN of a queue"),
        (("--all", "--queue", EVENT_QUEUE), "--all asks the reaper"),
        (("acme-tfstate", "--hcl", "--json"), "--hcl changes nothing"),
    ],
)
def test_a_wrong_command_line_is_refused_before_aws_is_asked(arguments: tuple[str, ...], words: str) -> None:
    done = run("connect", *arguments)
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())


def test_there_is_a_result_for_all_that_can_happen() -> None:
    asked = {(act, changes, dry) for act in Act for changes in (True, False) for dry in (True, False)}
    assert asked - _RESULTS.keys() == {(Act.SHOW_HCL, True, True), (Act.SHOW_HCL, False, True)}  # refused
