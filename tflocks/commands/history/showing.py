"""Show a history: as a table, as JSON or CSV, or as a picture."""

import io
from pathlib import Path
from typing import TextIO

import click
from rich.text import Text

from chalicelib.core.visible import visible
from tflocks.commands.history.question import Question
from tflocks.holds.history import History
from tflocks.holds.hold import Hold
from tflocks.holds.ranking import Ranked, rank
from tflocks.output import rows, table
from tflocks.output.document import document
from tflocks.output.picture.saving import LibraryLackingError, save
from tflocks.output.picture.timeline import timeline
from tflocks.output.spreadsheet import write_csv
from tflocks.output.terminal import console, tell
from tflocks.words import counted

MOST_ROWS = 1_000
"""Nobody reads a longer table; ``--csv`` and ``--json`` have all rows."""


def show(question: Question, history: History, stream: TextIO) -> None:
    """Write a table, a JSON document or CSV to a stream."""
    if question.top:
        ranked = _ranked(question, history)
        if question.form:
            _write(question, history, [rows.ranked_row(one) for one in ranked], stream)
        else:
            _print_ranking(question, ranked, stream)
    elif question.form:
        now = question.scope.window.now
        _write(question, history, [rows.hold_row(hold, now) for hold in history.holds], stream)
    else:
        _print_holds(question, history.holds, stream)


def draw(question: Question, file: Path, history: History) -> None:
    """Draw a picture into a file.

    Raises:
        click.ClickException: matplotlib is missing, or the file cannot be written.
    """
    holds = history.holds
    if question.top:
        drawn = {one.state_path for one in _ranked(question, history)}
        holds = [hold for hold in holds if hold.state_path in drawn]
    picture = timeline(f"State locks: {question.about}", holds, question.scope.window)
    try:
        save(picture, file)
    except LibraryLackingError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{visible(str(file))} could not be written: {error.strerror or error}") from error
    tell(*picture.notes, f"{file}: {picture.summary}")


def _ranked(question: Question, history: History) -> list[Ranked]:
    return rank(history.holds, question.scope.window)[: question.top]


def _write(question: Question, history: History, found: list[rows.Row], stream: TextIO) -> None:
    what = "states" if question.top else "holds"
    if question.form == "json":
        click.echo(document({what: found}, history, question.scope.window), file=stream)
        return
    text = io.StringIO(newline="")
    write_csv(found, rows.NAMES[what], text)
    # As bytes: the line ends are CRLF on every system, and the text is UTF-8 whatever a terminal's encoding is.
    click.echo(text.getvalue().encode(), file=stream, nl=False)


def _print_holds(question: Question, holds: list[Hold], stream: TextIO) -> None:
    out = console(stream)
    out.print(_headline(question, counted(len(holds), "hold")))
    by_state: dict[str, list[Hold]] = {}
    for hold in holds[:MOST_ROWS]:
        by_state.setdefault(hold.state_path, []).append(hold)
    for path, own in by_state.items():
        if not question.scope.key:
            out.print(Text(f"\n{visible(path)}", "bold"))
        out.print(table.holds_table(own, question.scope.window.now, out))
    _tell_of_more(len(holds), "newest")


def _print_ranking(question: Question, ranked: list[Ranked], stream: TextIO) -> None:
    out = console(stream)
    out.print(_headline(question, counted(len(ranked), "state")))
    if ranked:
        out.print(table.ranking_table(ranked[:MOST_ROWS], out))
    _tell_of_more(len(ranked), "first")


def _tell_of_more(how_many: int, which: str) -> None:
    if how_many > MOST_ROWS:
        tell(f"shown are the {which} {MOST_ROWS:,} of {how_many:,}: --csv and --json have all of them")


def _headline(question: Question, how_many: str) -> Text:
    text = Text(visible(question.about), "bold")
    return text.append(f"\n{how_many} since {question.scope.window.since:%Y-%m-%d %H:%M} UTC\n", "not bold dim")
