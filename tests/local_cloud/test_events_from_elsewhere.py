"""Lock events of a bucket in another account and region: the templates, ``tflocks connect``, and what arrives.

About ten seconds. Only the part of the stack that receives events is deployed. The local cloud passes events on between
buses by ``demo.ministack_events``, and does not judge the bus's policy; ``tests/deploy`` does.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib.aws.events.s3 import lock_events
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from demo.local_cloud import ACCOUNT, REGION, LocalCloud
from demo.waiting import wait_for
from deploy.commands import ROOT
from tests.builders import some_rules
from tests.deploy.stack_files import resources
from tests.local_cloud.steps import APPLY
from tests.tflocks.account import run

MEMBER, ELSEWHERE, BUCKET, KEY = "111111111111", "eu-west-1", "acme-far", "a b+c/terraform.tfstate.tflock"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:tflock-events-prod"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/tflock-reaper-prod"
RECEIVE = ("LockEventQueue", "LockEventDeadLetterQueue", "LockEventQueuePolicy", "LockEventBus", "EventsFromElsewhere")
PROFILES = f"[profile network]\naws_access_key_id = {MEMBER}\naws_secret_access_key = local\nregion = {REGION}\n"


class Places:
    """The reaper's account, and a member's bucket in another region."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.member = cloud.environment | {"AWS_ACCESS_KEY_ID": MEMBER, "AWS_REGION": ELSEWHERE}
        self.s3 = cloud.client("s3", self.member)

    def receive(self) -> None:
        """Deploy the part of the reaper's stack that receives events, with the member's account let in."""
        whole = resources()
        part = {name: whole["Resources"][name] for name in RECEIVE}
        settings = {name: {"Default": "-"} | one for name, one in whole["Parameters"].items()}
        settings["Stage"]["Default"], settings["EventAccounts"]["Default"] = "prod", MEMBER
        for one in settings.values():
            one.pop("AllowedPattern", None)
        body = {"Parameters": settings, "Conditions": whole["Conditions"], "Resources": part}
        self.cloud.client("cloudformation").create_stack(StackName="receive", TemplateBody=json.dumps(body))

    def send(self, way: str) -> None:
        """Deploy what sends, as the member."""
        given = {"Way": way, "ReaperAccountId": ACCOUNT, "ReaperQueueArn": QUEUE, "ReaperBusArn": BUS}
        cloudformation = self.cloud.client("cloudformation", self.member)
        cloudformation.create_stack(
            StackName=f"send-{way}",
            TemplateBody=(ROOT / "deploy" / "events-from-elsewhere.yaml").read_text(),
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        wait_for("the stack that sends", lambda: self._made(cloudformation, f"send-{way}"))

    def _made(self, cloudformation: Any, stack: str) -> bool:
        [made] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        return bool(made["StackStatus"] == "CREATE_COMPLETE")

    def told(self) -> list[LockEvent]:
        """Hold a lock for a moment, and return what arrives of it."""
        self.s3.put_object(Bucket=BUCKET, Key=KEY, Body=APPLY)
        self.s3.delete_object(Bucket=BUCKET, Key=KEY)
        sqs = self.cloud.client("sqs")
        url = sqs.get_queue_url(QueueName="tflock-events-prod")["QueueUrl"]
        events: list[LockEvent] = []

        def both() -> bool:
            for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                events.extend(lock_events(message["Body"], RULES))
            return len(events) == 2

        wait_for("an acquire and a release", both)
        return sorted(events, key=lambda event: not event.acquired)


TARGET = Target(Kind.S3, BUCKET, account=Account(MEMBER, "network", "tflock-reaper-member"))
RULES = msgspec.structs.replace(some_rules(), targets=(TARGET,)).at_home(ACCOUNT, REGION)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    (tmp_path / "config").write_text(PROFILES)
    with LocalCloud(tmp_path / "cloud") as cloud:
        for name, value in (cloud.environment | {"AWS_CONFIG_FILE": str(tmp_path / "config")}).items():
            monkeypatch.setenv(name, value)
        made = Places(cloud)
        made.receive()
        made.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": ELSEWHERE})
        yield made


def test_by_a_topic_the_queue_hears_who_took_the_lock(places: Places) -> None:
    places.send("topic")
    topic = f"arn:aws:sns:{ELSEWHERE}:{MEMBER}:tflock-reaper-prod"
    # As the topic's owner: the local cloud has no sns:Endpoint, by which the topic lets in the reaper's account.
    places.cloud.client("sns", places.member).subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)
    refused = run("connect", BUCKET, "--queue", QUEUE, "--profile", "network")
    assert f"the bucket is in {ELSEWHERE}, the queue in {REGION}" in refused.stderr
    done = run("connect", BUCKET, "--queue", QUEUE, "--profile", "network", "--topic", topic)
    assert (done.exit_code, done.stdout) == (0, f"{BUCKET}: connected (-> {topic})\n"), done.stderr

    acquired, released = places.told()
    assert (acquired.acquired, released.acquired) == (True, False)
    assert {event.told_by for event in (acquired, released)} == {ToldBy.S3}
    assert {event.principal for event in (acquired, released)} == {f"AWS:{MEMBER}"}
    assert acquired.place == TARGET.place(KEY)


def test_by_eventbridge_it_hears_only_in_which_account(places: Places) -> None:
    places.send("eventbridge")
    places.s3.put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    acquired, released = places.told()
    assert (acquired.acquired, released.acquired) == (True, False)
    assert {event.told_by for event in (acquired, released)} == {ToldBy.EVENTBRIDGE}
    assert {(event.principal, event.account) for event in (acquired, released)} == {("", MEMBER)}
    assert acquired.place == TARGET.place(KEY)
