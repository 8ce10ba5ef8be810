"""Deploy the real package to the local cloud, beside a Slack stand-in, for the demo and the end-to-end tests."""

import contextlib
import json
import secrets
import shutil
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from botocore.exceptions import ClientError

from chalicelib.core.duration import parse
from chalicelib.core.notifications.merging import Wanted
from chalicelib.slack.words.parts import lock_value
from chalicelib.slack.words.parts.buttons import RELEASE_ACTION
from demo import released, stopping
from demo.local_cloud import OPERATOR, LocalCloud
from demo.lock_table import LockTable
from demo.slack_standin import Channel, Message, SlackStandIn, User, UserGroup, Workspace
from demo.terraform import LOCK_TABLE
from demo.waiting import wait_for
from deploy import stack
from tflocks.live.connecting import Bucket, connect

STAGE = "demo"
ALICE, BOB, CAROL = User("U0ALICE", "Alice"), User("U0BOB", "Bob"), User("U0CAROL", "Carol", email="carol@acme.example")
PEOPLE = (ALICE, BOB, CAROL)
ONCALL = UserGroup("S0ONCALL", "oncall", (BOB.id, CAROL.id))
CHANNEL = Channel("C0PLATFORM", "platform-alerts", frozenset(user.id for user in PEOPLE))
# Here S3 tells everything at once; only a function's first start on a busy machine takes time. Each of the sweeps that
# run at once needs a process here.
HURRIED = {"SettleSeconds": "10", "EventBatchingSeconds": "1", "SweepsAtOnce": "5"}
"""The stack's parameters for a cloud in which nothing takes long."""
_CONFIG = """
[slack]
team_id = "T0DEMO"
app_id = "A0DEMO"
channel = "C0PLATFORM"
api_url = "%(api)s"
%(slack)s

[thresholds]
plan = %(thresholds)s
apply = %(thresholds)s
other = %(thresholds)s

%(routes)s
"""


def demo_workspace(*channels: Channel, people: tuple[User, ...] = PEOPLE) -> Workspace:
    """Return a workspace with three people, those on call and one channel, for one use: its secrets are made up."""
    return Workspace(
        team_id="T0DEMO",
        app_id="A0DEMO",
        bot_token=f"xoxb-{secrets.token_hex(8)}",
        signing_secret=secrets.token_hex(16),
        users=people,
        channels=(CHANNEL, *channels),
        user_groups=(ONCALL,),
    )


@dataclass(frozen=True)
class Decided:
    """The reaper's configuration; TOML as in ``reaper.example.toml``."""

    buckets: tuple[str, ...]
    thresholds: tuple[str, ...] = ("1s",)
    slack: str = 'releasers = ["U0ALICE"]'
    """Keys of ``[slack]``."""
    routes: str = ""
    """Tables ``[[routes]]``."""
    lock_table: bool = False
    """Whether there is a lock table too, with a stream."""
    workspace: Workspace = field(default_factory=demo_workspace)

    def toml(self, api: str, stream: str = "") -> str:
        """Return the whole file. The lock table is a target if it has a stream."""
        targets = "".join(f'\n[[targets]]\nbucket = "{bucket}"\n' for bucket in self.buckets)
        targets += f'\n[[targets]]\ntable = "{LOCK_TABLE}"\nstream = "{stream}"\n' if stream else ""
        thresholds = json.dumps(self.thresholds)
        own = {"api": api, "slack": self.slack, "thresholds": thresholds, "routes": self.routes}
        return _CONFIG % own + targets


class DeployedReaper:
    """A context manager: it starts the reaper with its cloud and its Slack, and leaves nothing of them behind."""

    def __init__(self, folder: Path, decided: Decided, *, slack_port: int = 0, release: Path | None = None) -> None:
        self.cloud = LocalCloud(folder)
        self.table = LockTable(self.cloud)
        self.outputs: dict[str, str] = {}
        self.workspace = decided.workspace
        self.slack = SlackStandIn(decided.workspace, port=slack_port)
        self._folder = folder
        self._release = release
        self._decided = decided
        self._journal: list[dict[str, Any]] = []
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

    @property
    def made_from(self) -> str:
        """Say what is deployed."""
        if self._release is None:
            return "packaging the application"
        return f"taking release {released.version_in(self._release)} with nothing but the AWS CLI"

    def deploy(self, more: str = "", **parameters: str) -> None:
        """Deploy as ``make deploy`` does: check the configuration, package, put secrets into SSM, make one stack.

        With a release, deploy its files by the commands of ``docs/installing.md`` instead. ``more`` is TOML that the
        configuration has too; ``parameters`` are the stack's.
        """
        config = self._folder / "reaper.toml"
        stream = self.table.create() if self._decided.lock_table else ""
        config.write_text(self._decided.toml(self.slack.api_url, stream) + more)
        given = {"slack-bot-token": self.workspace.bot_token, "slack-signing-secret": self.workspace.signing_secret}
        with stopping.at_once():
            if self._release:
                self.outputs = self._install(self._release, config, given)
            else:
                self.outputs = self.cloud.deploy(config, stage=STAGE, secrets=given, parameters=HURRIED | parameters)
        self.slack.request_url = self.cloud.slack_actions_url(self.outputs)
        self.slack.command_url = self.cloud.slack_commands_url(self.outputs)
        self._start_api(self.slack.request_url)

    def _install(self, release: Path, config: Path, secrets: Mapping[str, str]) -> dict[str, str]:
        bucket = self.cloud.prepare(STAGE, secrets)
        (folder := self._folder / "release").mkdir()
        shutil.copyfile(config, folder / "reaper.toml")
        script = released.commands(released.version_in(release), STAGE, bucket, {"OperatorArns": OPERATOR, **HURRIED})
        released.install(release, folder, script, self.cloud.environment)
        return stack.outputs(STAGE, self.cloud.environment)

    def _start_api(self, url: str) -> None:
        """Start the API: here each process of a function unpacks the package, which takes longer than Slack waits."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with contextlib.suppress(urllib.error.HTTPError):  # 401: it is not signed
            direct.open(url, b"", timeout=30).close()

    def create_state_bucket(self, bucket: str, *, versioned: bool = True, wired: bool = True) -> None:
        """Create a bucket for states, connected by the function of ``tflocks connect``."""
        s3 = self.cloud.client("s3")
        s3.create_bucket(Bucket=bucket)
        if versioned:
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        if wired:
            connect(Bucket(s3, bucket), Wanted(self.outputs["LockEventsQueueArn"]))

    def put_lock(self, bucket: str, key: str, body: bytes, identity: Mapping[str, str] | None = None) -> None:
        """Take a lock as Terraform does, only if there is none. Raises ClientError if there is one."""
        lock = {"Bucket": bucket, "Key": f"{key}.tflock", "Body": body, "ContentType": "application/json"}
        self.cloud.client("s3", identity).put_object(**lock, IfNoneMatch="*")

    def delete_lock(self, bucket: str, key: str, identity: Mapping[str, str] | None = None) -> None:
        """Let a lock go as its holder does."""
        self.cloud.client("s3", identity).delete_object(Bucket=bucket, Key=f"{key}.tflock")

    def lock_body(self, bucket: str, key: str, identity: Mapping[str, str] | None = None) -> bytes | None:
        """Return the bytes of the lock on a state; None if it is not locked."""
        s3 = self.cloud.client("s3", identity)
        try:
            return bytes(s3.get_object(Bucket=bucket, Key=f"{key}.tflock")["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None

    def wait_until_held_for(self, bucket: str, key: str, threshold: str) -> None:
        """Wait until a lock has a given age."""
        due = self._taken(bucket, key) + parse(threshold)
        wait_for(f"the lock on {key} is {threshold} old", lambda: datetime.now(UTC) >= due)

    def _taken(self, bucket: str, key: str) -> datetime:
        """Return since when a state is locked, by S3's clock; now, if it is locked in the table alone."""
        try:
            head = self.cloud.client("s3").head_object(Bucket=bucket, Key=f"{key}.tflock")
        except ClientError:
            return datetime.now(UTC)
        taken: datetime = head["LastModified"]
        return taken

    def alert_of(self, bucket: str, key: str) -> Message:
        """Return the alert about the lock on a state: wait until it is over its threshold, sweep, wait for Slack."""
        self.wait_until_held_for(bucket, key, self._decided.thresholds[0])
        self.sweep()
        return wait_for(f"Slack offers to release {bucket}/{key}", lambda: self.offer(bucket, key))

    def offer(self, bucket: str, key: str) -> Message | None:
        """Return the message that offers to release the lock on a state, if there is one."""
        for message in self.slack.messages():
            for element, _ in message.actions:
                if element["action_id"] == RELEASE_ACTION:
                    offered = lock_value.decode(element["value"]).lock
                    if offered.state_path == f"{bucket}/{key}":
                        return message
        return None

    def sweep(self) -> None:
        """Do what the schedule does at night."""
        self.cloud.invoke(self.outputs["NightlySweepFunction"])

    def watch(self) -> None:
        """Do what the schedule does every 15 minutes."""
        self.cloud.invoke(self.outputs["WatchLocksFunction"])

    def examine(self) -> None:
        """Do what the schedule of the weekly look does each night."""
        self.cloud.invoke(self.outputs["ExamineSetupFunction"])

    def alert(self, *said: str, seconds: float = 60) -> Message:
        """Return the first message that says all this in its blocks or text, once there is one."""

        def look() -> list[Message]:
            return [message for message in self.slack.messages() if all(text in shown_in(message) for text in said)]

        return wait_for(f"Slack shows {said}", look, seconds)[0]

    def journal_lines(self) -> list[dict[str, Any]]:
        """Return the journal's lines since the last call, as CloudWatch has them."""
        lines = [text for _, text in self.cloud.log_lines(self.outputs["LogGroupName"])]
        fresh = [json.loads(line) for line in lines if line.startswith('{"event":')]
        self._journal += fresh
        return fresh

    def journal(self) -> list[dict[str, Any]]:
        """Return all of the journal's lines."""
        self.journal_lines()
        return list(self._journal)


def shown_in(message: Message) -> str:
    """Return all that a message says, as one text."""
    return message.text + json.dumps(message.blocks, ensure_ascii=False)
