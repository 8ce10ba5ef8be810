"""What the command line asks for, checked."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import msgspec

from chalicelib.core.duration import parse
from tflocks import state_path
from tflocks.found import Window
from tflocks.visible import visible

TOP = 10
LONGEST = timedelta(days=3653)
"""CloudWatch's longest retention."""
PICTURES = (".png", ".html")


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
            self.fail(str(error), param, ctx)


class Picture(click.ParamType[Path]):
    """A file to draw into."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Check it before anything is asked that costs time or money."""
        file = Path(value)
        if file.suffix.lower() not in PICTURES:
            self.fail(f"its name has to end with one of {', '.join(PICTURES)}: {visible(str(value))!r}", param, ctx)
        if not file.parent.is_dir():
            self.fail(f"there is no folder {visible(str(file.parent))!r}", param, ctx)
        return file


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
    if not (what.isascii() and what.isdigit() and int(what)):
        raise click.UsageError(f"--top takes a number of states, not {visible(what)!r}; for one bucket: --bucket")
    return int(what)
