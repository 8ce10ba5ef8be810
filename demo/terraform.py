"""Run the real client: Terraform or OpenTofu with an S3 backend on the local cloud."""

import copy
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Self

LOCK_TABLE = "terraform-locks"


class Locking(Enum):
    """The ways in which a run locks its state: each is the lines of its backend."""

    TABLE = f'dynamodb_table = "{LOCK_TABLE}"'
    BOTH = f'use_lockfile = true\n    dynamodb_table = "{LOCK_TABLE}"'
    S3 = "use_lockfile = true"

    @property
    def in_s3(self) -> bool:
        """Return whether a run locks the object beside its state."""
        return self is not Locking.TABLE

    @property
    def in_table(self) -> bool:
        """Return whether a run locks an item of the lock table."""
        return self is not Locking.S3


_BACKEND = """
terraform {
  backend "s3" {
    bucket                      = "%(bucket)s"
    key                         = "%(key)s"
    region                      = "%(region)s"
    %(locking)s
    use_path_style              = true
    skip_credentials_validation = true
    skip_requesting_account_id  = true
    skip_metadata_api_check     = true
    skip_region_validation      = true
    endpoints                   = { s3 = "%(url)s", dynamodb = "%(url)s" }
  }
}

variable "seconds" { default = 0 }
variable "starter" { default = 0 }
"""
# A variable without a value: terraform plan takes its lock and then asks for it.
_QUESTION = "question.tf"
LONG = 86_400
"""Seconds of a run that has to live as long as somebody looks."""
_FINISH = "finish"
# A run also ends by itself when its starter is gone and cannot end it any more.
_ALIVE = f"[ ! -e {_FINISH} ] && [ $n -lt ${{var.seconds}} ] && kill -0 ${{var.starter}}"
# terraform_data is built in, so nothing is downloaded.
_RESOURCE = f"""
resource "terraform_data" "network" {{
  triggers_replace = timestamp()
  provisioner "local-exec" {{
    command = "n=0; while {_ALIVE}; do sleep 1; n=$((n + 1)); done"
  }}
}}
"""
_QUIET = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "TF_CLI_CONFIG_FILE": os.devnull}


def find_terraform() -> str | None:
    """Return the program on the PATH, Terraform before OpenTofu; None if there is neither."""
    return shutil.which("terraform") or shutil.which("tofu")


class TerraformState:
    """One root module in a folder of its own, with its state in a bucket of the local cloud."""

    def __init__(self, program: str, folder: Path, *, bucket: str, key: str, environment: Mapping[str, str]) -> None:
        self.bucket, self.key = bucket, key
        self._program = program
        self._folder = folder
        self.environment = environment
        self._running: list[subprocess.Popen[bytes]] = []
        folder.mkdir(parents=True)
        self.lock_in(Locking.S3)

    def lock_in(self, locking: Locking) -> None:
        """Lock the state in another way; ``init -reconfigure`` takes it over."""
        self.locking = locking
        where = {"url": self.environment["AWS_ENDPOINT_URL"], "region": self.environment["AWS_REGION"]}
        backend = {"bucket": self.bucket, "key": self.key, **where}
        (self._folder / "main.tf").write_text(_BACKEND % {**backend, "locking": locking.value} + _RESOURCE)

    def run_by(self, environment: Mapping[str, str]) -> Self:
        """Return the same module, run by another AWS identity."""
        other = copy.copy(self)
        other.environment = environment
        return other

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end, whether it succeeds or fails."""
        return subprocess.run(
            [self._program, *arguments, "-no-color"],
            cwd=self._folder,
            env={**self.environment, **_QUIET},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def must(self, *arguments: str) -> str:
        """Run one command that has to succeed; raise RuntimeError with its output if it fails."""
        done = self.run(*arguments)
        if done.returncode:
            raise RuntimeError(f"terraform {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start_apply(self, seconds: int) -> None:
        """Start an apply that holds its lock for a number of seconds, or until ``finish``."""
        (self._folder / _FINISH).unlink(missing_ok=True)
        self._start("apply", "-auto-approve", f"-var=seconds={seconds}", f"-var=starter={os.getpid()}")

    def start_plan(self) -> None:
        """Start a plan that holds its lock until it is killed, as one does that asks a person for a value."""
        (self._folder / _QUESTION).write_text('variable "question" {}\n')
        self._start("plan", "-input=true")

    def kill_plans(self, workspaces: Sequence[str], *, at_once: int = 20) -> None:
        """Kill a plan of each workspace when it holds its lock, as a runner is lost in the middle of a ``run-all``."""
        (self._folder / _QUESTION).write_text('variable "question" {}\n')
        for first in range(0, len(workspaces), at_once):
            started = [self._asking(workspace) for workspace in workspaces[first : first + at_once]]
            for process in started:
                _wait_for_its_question(process)
            for process in started:
                _kill(process)
        (self._folder / _QUESTION).unlink()

    def _asking(self, workspace: str) -> "subprocess.Popen[bytes]":
        """Start a plan in a workspace, which it creates: it asks its question while it holds the lock."""
        return subprocess.Popen(
            [self._program, "plan", "-input=true", "-no-color"],
            cwd=self._folder,
            env={**self.environment, **_QUIET, "TF_INPUT": "1", "TF_WORKSPACE": workspace},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _start(self, *arguments: str) -> None:
        process = subprocess.Popen(
            [self._program, *arguments, "-no-color"],
            cwd=self._folder,
            env={**self.environment, **_QUIET, "TF_INPUT": "1"},
            stdin=subprocess.PIPE,  # it ends with the starter, and then a question is answered by nothing
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._running.append(process)

    def finish(self) -> None:
        """End the runs well, now; raise RuntimeError if one fails."""
        (self._folder / _FINISH).touch()
        self.wait()

    def wait(self) -> None:
        """Wait for the runs to end; raise RuntimeError if one fails."""
        while self._running:
            if self._running[-1].wait(60):
                raise RuntimeError("terraform apply failed")
            _close(self._running.pop())

    def kill(self) -> None:
        """Kill every run and what it started by SIGKILL, as the OOM killer does or a lost runner."""
        while self._running:
            _kill(self._running.pop())
        (self._folder / _QUESTION).unlink(missing_ok=True)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    _close(process)


def _close(process: "subprocess.Popen[bytes]") -> None:
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()


def _wait_for_its_question(process: "subprocess.Popen[bytes]") -> None:
    said = []
    for line in process.stdout or ():
        if b"var.question" in line:
            return
        said.append(line)
    raise RuntimeError(f"terraform plan ended without its question:\n{b''.join(said).decode()}")
