"""The real package on the local cloud, beside a Slack stand-in. The demo shows it, the end-to-end tests drive it."""

import contextlib
import json
import secrets
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from botocore.exceptions import ClientError

from chalicelib.core.duration import parse
from chalicelib.slack import lock_token
from demo.local_cloud import LocalCloud
from demo.slack_standin import Channel, Message, SlackStandIn, User, Workspace
from demo.waiting import wait_for
from deploy.wire_bucket import wire

STAGE = "demo"
CHANNEL = Channel("C0PLATFORM", "platform-alerts", frozenset({"U0ALICE", "U0BOB"}))
ALICE, BOB = User("U0ALICE", "Alice"), User("U0BOB", "Bob")
SCHEDULED: dict[str, object] = {
    "version": "0",
    "id": "demo",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": "2026-11-21T03:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {},
}
_CONFIG = """
[slack]
team_id = "T0DEMO"
app_id = "A0DEMO"
channel = "C0PLATFORM"
releasers = ["U0ALICE"]
api_url = "%(slack)s"

[thresholds]
plan = "%(threshold)s"
apply = "%(threshold)s"
other = "%(threshold)s"
"""


class DeployedReaper:
    """A context manager: started with its cloud and its Slack, and nothing left of them afterwards."""

    def __init__(self, folder: Path, *, buckets: tuple[str, ...], threshold: str, slack_port: int = 0) -> None:
        self.cloud = LocalCloud(folder)
        self.outputs: dict[str, str] = {}
        self._folder = folder
        self._buckets = buckets
        self._threshold = threshold
        self.workspace = demo_workspace()
        self.slack = SlackStandIn(self.workspace, port=slack_port)
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as opening:
            opening.enter_context(self.slack)
            opening.enter_context(self.cloud)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def deploy(self) -> None:
        """The way of ``make deploy``: configuration checked, packaged, secrets in SSM, one stack."""
        config = self._folder / "reaper.toml"
        targets = "".join(f'\n[[targets]]\nbucket = "{bucket}"\n' for bucket in self._buckets)
        config.write_text(_CONFIG % {"slack": self.slack.api_url, "threshold": self._threshold} + targets)
        given = {"slack-bot-token": self.workspace.bot_token, "slack-signing-secret": self.workspace.signing_secret}
        self.outputs = self.cloud.deploy(config, stage=STAGE, secrets=given)
        self.slack.request_url = self.cloud.slack_actions_url(self.outputs)

    def create_state_bucket(self, bucket: str, *, versioned: bool = True, wired: bool = True) -> None:
        """A bucket for states, wired by ``make wire``'s own function."""
        s3 = self.cloud.client("s3")
        s3.create_bucket(Bucket=bucket)
        if versioned:
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        if wired:
            wire(s3, bucket, self.outputs["LockEventsQueueArn"])

    def put_lock(self, bucket: str, key: str, body: bytes) -> None:
        """Take a lock as Terraform does: only if there is none. Raises ClientError when there is one."""
        lock = {"Bucket": bucket, "Key": f"{key}.tflock", "Body": body, "ContentType": "application/json"}
        self.cloud.client("s3").put_object(**lock, IfNoneMatch="*")

    def lock_body(self, bucket: str, key: str) -> bytes | None:
        """The bytes of the lock on a state, None when it is not locked."""
        try:
            return bytes(self.cloud.client("s3").get_object(Bucket=bucket, Key=f"{key}.tflock")["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None

    def alert_of(self, bucket: str, key: str) -> Message:
        """The alert about the lock on a state: waits until the lock is over its threshold, sweeps, waits for Slack."""
        taken = self.cloud.client("s3").head_object(Bucket=bucket, Key=f"{key}.tflock")["LastModified"]
        due = taken + parse(self._threshold)
        wait_for(f"the lock on {key} is {self._threshold} old", lambda: datetime.now(UTC) >= due)
        self.sweep()
        return wait_for(f"Slack offers to release {bucket}/{key}", lambda: self._offering(bucket, f"{key}.tflock"))

    def _offering(self, bucket: str, key: str) -> Message | None:
        for message in self.slack.messages():
            for element, _ in message.actions:
                offered = lock_token.decode(element["value"])
                if (offered.bucket, offered.key) == (bucket, key):
                    return message
        return None

    def sweep(self) -> None:
        """What the schedule does at night."""
        self.cloud.invoke(self.outputs["NightlySweepFunction"], SCHEDULED)

    def watch(self) -> None:
        """What the schedule does every 15 minutes."""
        self.cloud.invoke(self.outputs["WatchLocksFunction"], SCHEDULED)

    def alert(self, *said: str, seconds: float = 60) -> Message:
        """The first message that says all this in its blocks or text, once there is one."""

        def look() -> list[Message]:
            return [message for message in self.slack.messages() if all(text in shown_in(message) for text in said)]

        return wait_for(f"Slack shows {said}", look, seconds)[0]

    def journal_lines(self) -> list[dict[str, Any]]:
        """The journal's lines since the last call, as CloudWatch has them."""
        lines = [text for _, text in self.cloud.log_lines(self.outputs["LogGroupName"])]
        return [json.loads(line) for line in lines if line.startswith('{"event":')]


def demo_workspace() -> Workspace:
    """Two people and one channel, with secrets made up for this once."""
    return Workspace(
        team_id="T0DEMO",
        app_id="A0DEMO",
        bot_token=f"xoxb-{secrets.token_hex(8)}",
        signing_secret=secrets.token_hex(16),
        users=(ALICE, BOB),
        channels=(CHANNEL,),
    )


def shown_in(message: Message) -> str:
    """All that a message says, as one text."""
    return message.text + json.dumps(message.blocks, ensure_ascii=False)
