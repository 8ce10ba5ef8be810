"""Show held locks: as a table, as JSON or CSV; and the exit status that scripts go by."""

import io
from datetime import timedelta
from typing import TYPE_CHECKING, TextIO

import click
from rich.text import Text

from chalicelib.core.duration import in_words
from tflocks.commands.list.question import Question
from tflocks.output.lock_rows import COLUMNS, document, lock_row
from tflocks.output.locks_table import locks_table
from tflocks.output.spreadsheet import write_csv
from tflocks.output.terminal import console, tell
from tflocks.words import counted

if TYPE_CHECKING:
    from tflocks.commands.list.finding import Found

_OLDER, _NOT_LOOKED_AT = 1, 2
_MOST_ROWS = 1_000
"""Nobody reads a longer table; ``--csv`` and ``--json`` have all rows."""


def show(asked: Question, found: "Found", stream: TextIO) -> None:
    """Write a table, a JSON document or CSV to a stream."""
    if asked.form == "json":
        click.echo(document(found.standings, found.problems, found.notes, found.now), file=stream)
    elif asked.form == "csv":
        text = io.StringIO(newline="")
        write_csv([lock_row(one) for one in found.standings], COLUMNS, text)
        # As bytes: the line ends are CRLF on every system, and the text is UTF-8 whatever a terminal's encoding is.
        click.echo(text.getvalue().encode(), file=stream, nl=False)
    else:
        _print(found, stream)
    if asked.fail_over:
        _tell_older(found, asked.fail_over)


def exit_status(asked: Question, found: "Found") -> int:
    """Return 1 if a lock is older than asked for, else 2 if something could not be looked at, else 0."""
    if asked.fail_over and any(one.over(asked.fail_over) for one in found.standings):
        return _OLDER
    return _NOT_LOOKED_AT if found.problems else 0


def _print(found: "Found", stream: TextIO) -> None:
    out = console(stream)
    many, where = counted(len(found.standings), "held lock"), counted(found.looked_into, "target")
    out.print(Text(f"{many} in {where}, {found.now:%Y-%m-%d %H:%M} UTC\n", "bold"))
    if found.standings:
        out.print(locks_table(found.standings[:_MOST_ROWS], out))
    if len(found.standings) > _MOST_ROWS:
        tell(f"shown are the oldest {_MOST_ROWS:,} of {len(found.standings):,}: --csv and --json have all of them")


def _tell_older(found: "Found", limit: timedelta) -> None:
    older = sum(one.over(limit) for one in found.standings)
    unknown = sum(one.age is None for one in found.standings)
    also = f", {unknown} of them of unknown age" if unknown else ""
    tell(f"{counted(older, 'lock')} over {in_words(limit)}{also}")
