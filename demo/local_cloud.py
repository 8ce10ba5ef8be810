"""Run the local cloud: MiniStack as a process of ours, with the application deployed as ``make deploy`` does.

Nothing here can reach a real account: no ``AWS_*`` variable, profile or credentials file of the user is passed on or
read.
"""

import base64
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import boto3
import botocore.session
from botocore.config import Config as ClientConfig

from chalicelib.config.file import load
from chalicelib.stack.parameters import Home, overrides
from demo import stopping
from deploy import slack_secrets, stack
from deploy.commands import ROOT, run
from deploy.package.build import Package, build
from deploy.package.target import Target, of_functions_here

if TYPE_CHECKING:
    from types_boto3_lambda.client import LambdaClient

REGION, ACCOUNT = "us-east-1", "000000000000"
OPERATOR = f"arn:aws:iam::{ACCOUNT}:root"
"""Whoever plays here uses ``tflocks`` as this identity."""
ACCESS_KEY = "local"  # any will do
SECRET_KEY = "local"  # noqa: S105 - any will do
_ARTIFACTS = "artifacts"
_SECONDS_TO_START = 30.0
_SECONDS_TO_STOP = 5.0
_MILLISECONDS_LATE = 30_000
"""How far behind others an event of a log may come: MiniStack writes a function's when the function has ended."""
# boto3 waits 60 seconds for an answer and then sends the call again, which runs a long function a second time.
_PATIENCE: Mapping[str, Mapping[str, Any]] = {"lambda": {"read_timeout": 960, "retries": {"total_max_attempts": 1}}}
_SETTINGS_OF_OTHERS = ("AWS_", "MINISTACK_", "LOCALSTACK_", "LAMBDA_", "S3_", "SFTP_", "IOT_")


class LocalCloudError(RuntimeError):
    """The local cloud did not start, or a function in it failed; the text ends with its log."""


class LocalCloud:
    """A running MiniStack on 127.0.0.1, with its state and log below ``folder``; a context manager.

    Its functions run on the Python of ``target``, which sees nothing of this environment's packages.
    """

    def __init__(self, folder: Path, *, port: int | None = None, target: Target | None = None) -> None:
        self.folder = folder
        self.port = port or _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "ministack.log"
        self.target = target or of_functions_here()
        self._process: subprocess.Popen[bytes] | None = None
        self._seen: Counter[tuple[str, int, str]] = Counter()
        self._latest = 0
        self._clients: dict[tuple[str, str, str], Any] = {}

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that a program needs in order to talk to this cloud and to no other."""
        return {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS_OF_OTHERS)} | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "TMPDIR": self._own_folder,
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the cloud and wait until it answers.

        Raises:
            LocalCloudError: it ended, or was not ready within 30 seconds.
        """
        Path(self._own_folder).mkdir(parents=True, exist_ok=True)
        run(self.target.compiler or Path(sys.executable), "-m", "venv", "--without-pip", str(self._functions_venv))
        with self.log.open("wb") as log:
            # It gets a process group of its own: we handle Ctrl-C, and its Lambda processes end with it.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "demo.enforcing_ministack"],
                cwd=ROOT,
                env=self._own_environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    @property
    def _own_folder(self) -> str:
        """Return the folder for all temporary files, so that those of a killed program are removed too."""
        return str((self.folder / "tmp").resolve())

    @property
    def _functions_venv(self) -> Path:
        """Return the folder of the empty virtual environment that functions run in, as they do in AWS."""
        return self.folder.resolve() / "python"

    def _own_environment(self) -> dict[str, str]:
        """Return MiniStack's settings; what is not needed is off, above all the listeners on all interfaces."""
        return self.environment | {
            "FUNCTIONS_PYTHON": str(self._functions_venv / "bin" / "python"),
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "AUTH": "true",
            "LAMBDA_EXECUTOR": "local",
            "PERSIST_STATE": "0",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": f"unix://{self.folder.resolve()}/no-docker",
        }

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + _SECONDS_TO_START
        while not _answers(f"{self.url}/_ministack/ready"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise LocalCloudError(
                    f"the local cloud did not start (exit status {process.poll()}):\n{self.log_tail()}"
                )
            stopping.sleep(0.05)

    def log_tail(self, lines: int = 20) -> str:
        """Return the end of MiniStack's own log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self) -> None:
        """End the cloud and every process that it started; a second call does nothing."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS_TO_STOP)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin:
            process.stdin.close()

    def root_of(self, account: str, region: str = REGION) -> dict[str, str]:
        """Return the environment of the root of an account, in a region: here twelve digits are a key of that root."""
        return self.environment | {"AWS_ACCESS_KEY_ID": account, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}

    def client(self, service: str, identity: Mapping[str, str] | None = None) -> Any:
        """Return a boto3 client for this cloud; the caller's variable says which type it is.

        ``identity`` is the environment of an identity other than the root of the stack's account. Each client is made
        once, because making one takes a tenth of a second.
        """
        identity = identity or self.environment
        whose = service, identity["AWS_ACCESS_KEY_ID"], identity["AWS_REGION"]
        if whose not in self._clients:
            config = ClientConfig(proxies={}, **_PATIENCE.get(service, {}))
            session: Any = _session(identity)
            self._clients[whose] = session.client(service, endpoint_url=self.url, config=config)
        return self._clients[whose]

    def deploy(
        self, config: Path, *, stage: str, secrets: Mapping[str, str], parameters: Mapping[str, str]
    ) -> dict[str, str]:
        """Package and deploy as ``make package`` and ``make deploy`` do; return the stack's outputs.

        ``secrets`` have values for ``slack-bot-token`` and ``slack-signing-secret``; ``parameters`` are the stack's.
        """
        self.prepare(stage, secrets)
        return self.update(config, build(self.target), stage=stage, parameters=parameters)

    def prepare(self, stage: str, secrets: Mapping[str, str]) -> str:
        """Keep the secrets, and make a bucket for what a stack is made from; return its name."""
        for secret, value in secrets.items():
            slack_secrets.put(self.client("ssm"), stage, secret, value)
        self.client("s3").create_bucket(Bucket=_ARTIFACTS)
        return _ARTIFACTS

    def update(self, config: Path, package: Package, *, stage: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """Make the stack, or update it, from a package and a configuration; return its outputs."""
        checked = load(config)
        artifacts = stack.made_for(checked, package, self.folder / "build")
        given = {"OperatorArns": OPERATOR, **parameters}
        values = overrides(checked, stage, Home(region=REGION, account=ACCOUNT), given)
        return stack.deploy(artifacts, stage, _ARTIFACTS, values, self.environment)

    def slack_actions_url(self, outputs: Mapping[str, str]) -> str:
        """Return where the deployed API takes clicks here; the output ``SlackActionsUrl`` only resolves on AWS."""
        return self._api_url(outputs, "slack/actions")

    def slack_commands_url(self, outputs: Mapping[str, str]) -> str:
        """Return where it takes slash commands, as ``SlackCommandsUrl`` does on AWS."""
        return self._api_url(outputs, "slack/commands")

    def _api_url(self, outputs: Mapping[str, str], path: str) -> str:
        return f"{self.url}/restapis/{outputs['RestAPIId']}/api/_user_request_/{path}"

    def invoke(self, function_name: str) -> None:
        """Run a function once, to its end, without a payload: as people do by ``aws lambda invoke``.

        Raises:
            LocalCloudError: the function raised; the text has its log.
        """
        client: LambdaClient = self.client("lambda")
        with stopping.at_once():
            answer = client.invoke(FunctionName=function_name, LogType="Tail")
        if "FunctionError" in answer:
            tail = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
            raise LocalCloudError(f"{function_name} failed: {answer['Payload'].read().decode()}\n{tail}")

    def log_lines(self, group: str) -> list[tuple[int, str]]:
        """Return the time (ms) and text of a log group's events that came after the last call."""
        since = max(0, self._latest - _MILLISECONDS_LATE)
        pages = self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
        counted: Counter[tuple[str, int, str]] = Counter()  # MiniStack gives events no ID
        fresh = []
        for event in (event for page in pages for event in page["events"]):
            one = event["logStreamName"], event["timestamp"], event["message"]
            counted[one] += 1
            if counted[one] > self._seen[one]:
                fresh.append(one[1:])
        self._seen = counted
        self._latest = max((time for _, time, _ in counted), default=self._latest)
        return fresh


def _session(environment: Mapping[str, str]) -> boto3.Session:
    unset: dict[str, Any] = {"profile": (None, None, None, None)}
    files = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    own = botocore.session.Session(session_vars=unset | files)
    return boto3.Session(
        environment["AWS_ACCESS_KEY_ID"],
        environment["AWS_SECRET_ACCESS_KEY"],
        environment.get("AWS_SESSION_TOKEN"),
        region_name=environment["AWS_REGION"],
        botocore_session=own,
    )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _answers(url: str) -> bool:
    # The user's proxy is left out: it would not know this machine's own address.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(url, timeout=1).close()
    except OSError:
        return False
    return True
