"""What was found, on standard output, in a file, or (what is about it) on standard error."""

import io
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from tflocks.commands.arguments import NO_MATPLOTLIB, Asked
from tflocks.holds.found import Found
from tflocks.holds.hold import Hold
from tflocks.holds.ranking import Ranked, rank
from tflocks.output import export, table
from tflocks.output.timeline import Timeline, counted, timeline
from tflocks.output.visible import visible

ROWS = 1_000
"""More are no table that anybody reads; they are for ``--csv`` and ``--json``."""


def tell(*notes: str) -> None:
    """Notes for the reader, out of the way of what is piped on."""
    for note in notes:
        click.echo(visible(note), err=True)


def show(asked: Asked, found: Found) -> None:
    """A table, a JSON document or CSV."""
    if asked.top:
        ranked = _ranked(asked, found)
        if asked.form:
            _write(asked, found, "states", [export.ranked_row(one) for one in ranked])
        else:
            _print_top(asked, ranked)
    elif asked.form:
        _write(asked, found, "holds", [export.hold_row(hold, asked.window.now) for hold in found.holds])
    else:
        _print_holds(asked, found.holds)


def draw(asked: Asked, file: Path, found: Found) -> None:
    """A picture in a file.

    Raises:
        click.ClickException: matplotlib is missing, or the file cannot be written.
    """
    holds = found.holds
    if asked.top:
        drawn = {one.state_path for one in _ranked(asked, found)}
        holds = [hold for hold in holds if hold.state_path in drawn]
    picture = timeline(f"State locks: {asked.about}", holds, asked.window.since, asked.window.now)
    try:
        _save(picture, file)
    except OSError as error:
        raise click.ClickException(f"{visible(str(file))} could not be written: {error.strerror or error}") from error
    tell(*picture.notes, f"{file}: {picture.summary}")


def _save(picture: Timeline, file: Path) -> None:
    # Each only where it is drawn: matplotlib takes a second to import, and need not be installed.
    if file.suffix.lower() == ".html":
        from tflocks.output.picture_html import page  # noqa: PLC0415

        file.write_text(page(picture), encoding="utf-8")
        return
    try:
        from tflocks.output.picture_png import draw as draw_png  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise click.ClickException(NO_MATPLOTLIB) from error
    draw_png(picture, file)


def _ranked(asked: Asked, found: Found) -> list[Ranked]:
    return rank(found.holds, asked.window.since, asked.window.now)[: asked.top]


def _write(asked: Asked, found: Found, what: str, rows: list[export.Row]) -> None:
    if asked.form == "json":
        click.echo(export.document(what, rows, found, asked.window))
        return
    text = io.StringIO(newline="")
    export.write_csv(rows, export.NAMES[what], text)
    # As bytes: the line ends are CRLF on every system, and any terminal's encoding would do for what is UTF-8.
    click.echo(text.getvalue().encode(), nl=False)


def _print_holds(asked: Asked, holds: list[Hold]) -> None:
    console = _console()
    console.print(_headline(asked, counted(len(holds), "hold")))
    of_state: dict[str, list[Hold]] = {}
    for hold in holds[:ROWS]:
        of_state.setdefault(hold.state_path, []).append(hold)
    for path, own in of_state.items():
        if not asked.key:
            console.print(Text(f"\n{visible(path)}", "bold"))
        console.print(table.holds_table(own, asked.window.now, console))
    _tell_of_more(len(holds), "newest")


def _print_top(asked: Asked, ranked: list[Ranked]) -> None:
    console = _console()
    console.print(_headline(asked, counted(len(ranked), "state")))
    if ranked:
        console.print(table.top_table(ranked[:ROWS], console))
    _tell_of_more(len(ranked), "first")


def _console() -> Console:
    """Standard output, where what its encoding does not have is written out by its number."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    return Console(highlight=False)


def _tell_of_more(how_many: int, which: str) -> None:
    if how_many > ROWS:
        tell(f"shown are the {which} {ROWS:,} of {how_many:,}: --csv and --json have all of them")


def _headline(asked: Asked, how_many: str) -> Text:
    text = Text(visible(asked.about), "bold")
    return text.append(f"\n{how_many} since {asked.window.since:%Y-%m-%d %H:%M} UTC\n", "not bold dim")
