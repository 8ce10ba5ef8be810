"""What the command line asks for, checked."""

import os
import re
import shlex
import sys
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import msgspec

from chalicelib.core.duration import parse
from tflocks.commands import state_path
from tflocks.holds.found import Window
from tflocks.output.visible import shortened, visible

TOP = 10
LONGEST = timedelta(days=3653)
"""CloudWatch's longest retention."""
PICTURES = (".png", ".html")
MATPLOTLIB = "matplotlib==3.11.2"
"""As ``pyproject.toml`` has it in the extra ``plot``. It is named by itself: ``tflock-reaper`` is in no index."""
NO_MATPLOTLIB = (
    "a PNG takes matplotlib, which is not installed. Draw into a file ending with .html, or install it: "
    f"{shlex.quote(sys.executable)} -m pip install {MATPLOTLIB}"
)
_COUNT = re.compile(r"0*[1-9][0-9]{0,8}", re.ASCII)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One ``tflocks history``: of a state (bucket and key), a bucket, or everything; ``top`` is 0 for no ranking."""

    bucket: str = ""
    key: str = ""
    top: int = 0
    window: Window
    log_group: str
    region: str | None
    profile: str | None
    form: str
    """``json``, ``csv`` or "" for a table."""
    plot: Path | None

    @property
    def about(self) -> str:
        """What it is about, for a headline."""
        if self.key:
            return f"{self.bucket}/{self.key}"
        return f"{self.bucket or 'all buckets'}{': the states locked longest' if self.top else ''}"


class Since(click.ParamType[timedelta]):
    """A duration; a longer one than there can be a journal is that."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read it as everywhere in the reaper."""
        try:
            return min(parse(str(value)), LONGEST)
        except ValueError as error:
            self.fail(visible(str(error)), param, ctx)


class Picture(click.ParamType[Path]):
    """A file to draw into."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Check it before anything is asked that costs time or money."""
        file = Path(value)
        try:
            flaw = _flaw(file)
        except OSError as error:
            flaw = f"{str(file)!r}: {error.strerror or error}"
        if flaw:
            self.fail(visible(flaw), param, ctx)
        return file


def form(*, as_json: bool, as_csv: bool) -> str:
    """``json``, ``csv`` or "" for a table.

    Raises:
        click.UsageError: both are asked for.
    """
    if as_json and as_csv:
        raise click.UsageError("either --json or --csv: there is one standard output")
    return "json" if as_json else "csv" if as_csv else ""


def _flaw(file: Path) -> str:
    """Why no picture can be drawn into a file, as far as can be seen without drawing one. Raises OSError."""
    if file.suffix.lower() not in PICTURES:
        return f"its name has to end with one of {', '.join(PICTURES)}: {str(file)!r}"
    if not file.parent.is_dir():
        return f"there is no folder {str(file.parent)!r}"
    if file.is_dir():
        return f"{str(file)!r} is a folder"
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        return f"{str(file)!r} may not be written by you"
    return NO_MATPLOTLIB if file.suffix.lower() == ".png" and find_spec("matplotlib") is None else ""


def place(what: str | None, bucket: str | None, *, top: bool) -> dict[str, Any]:
    """Which states are asked for.

    Raises:
        click.UsageError: none, or more than can be meant.
    """
    try:
        if bucket:
            state_path.check_bucket(bucket)
        if top:
            return {"bucket": bucket or "", "top": _count(what)}
        if bool(bucket) == bool(what):
            raise click.UsageError("name either a STATE (<bucket>/<state key>) or a --bucket; or ask for --top")
        name, key = state_path.split(what) if what else (bucket, "")
    except state_path.StatePathError as error:
        raise click.UsageError(visible(str(error))) from error
    return {"bucket": name, "key": key}


def _count(what: str | None) -> int:
    if what is None:
        return TOP
    if not _COUNT.fullmatch(what):
        given = shortened(visible(what), 80)
        raise click.UsageError(f"--top takes a number of states, not '{given}'; for one bucket: --bucket")
    return int(what)
