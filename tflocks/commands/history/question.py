"""Turn the command line of ``tflocks history`` into a checked question."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import click
import msgspec

from chalicelib.core.audit.window import Window
from chalicelib.core.visible import visible
from tflocks.arguments import state_path
from tflocks.arguments.form import form
from tflocks.holds.scope import Scope
from tflocks.words import shortened

TOP = 10
_WHOLE_BUCKET = ". For a whole bucket: --bucket NAME"
_COUNT = re.compile(r"0*[1-9][0-9]{0,8}", re.ASCII)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line as click read it."""

    what: str | None
    top: bool
    bucket: str | None
    since: timedelta
    as_json: bool
    as_csv: bool
    plot: Path | None
    stage: str
    log_group: str | None
    region: str | None
    profile: str | None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which holds are asked for, and how they are shown."""

    scope: Scope
    top: int = 0
    """How many states to rank; 0 shows holds instead of a ranking."""
    form: str = ""
    """``json``, ``csv``, or "" for a table."""
    plot: Path | None = None

    @property
    def about(self) -> str:
        """Return what it is about, for a headline."""
        if self.scope.key:
            return self.scope.state_path
        return f"{self.scope.bucket or 'all buckets'}{': the states locked longest' if self.top else ''}"


def question(options: Options, now: datetime) -> Question:
    """Return what a command line asks.

    Raises:
        click.UsageError: it asks nothing, or more than one thing.
    """
    shape = form(as_json=options.as_json, as_csv=options.as_csv)
    bucket, key, top = _states(options)
    window = Window(now - options.since, now)
    return Question(scope=Scope(bucket=bucket, key=key, window=window), top=top, form=shape, plot=options.plot)


def _states(options: Options) -> tuple[str, str, int]:
    """Return the bucket, the key, and how many states to rank."""
    what, bucket = options.what, options.bucket
    try:
        if bucket:
            state_path.check_bucket(bucket)
        if options.top:
            return bucket or "", "", _count(what)
        if bool(bucket) == bool(what):
            raise click.UsageError("name either a STATE (<bucket>/<state key>) or a --bucket; or ask for --top")
        return (*state_path.split(what, _WHOLE_BUCKET), 0) if what else (bucket or "", "", 0)
    except state_path.StatePathError as error:
        raise click.UsageError(visible(str(error))) from error


def _count(what: str | None) -> int:
    if what is None:
        return TOP
    if not _COUNT.fullmatch(what):
        given = shortened(visible(what), 80)
        raise click.UsageError(f"--top takes a number of states, not '{given}'; for one bucket: --bucket")
    return int(what)
