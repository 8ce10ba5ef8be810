"""Holds and figures for a person at a terminal. All foreign text is ``Text``: rich's markup in it means nothing."""

from datetime import datetime, timedelta

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chalicelib.core.duration import in_words
from tflocks.hold import Hold
from tflocks.ranking import Ranked
from tflocks.visible import shortened, visible

_WIDE = 144
_SHARES = 3
_OPERATION = 20
_DIM, _BAD = "dim", "bold red"
_STYLES = {"plan": "cyan", "apply or destroy": "yellow"}


def holds_table(holds: list[Hold], now: datetime, console: Console) -> Table:
    """The holds of one state, one row each; on a narrow terminal what belongs together shares a cell."""
    return _wide_table(holds, now) if console.width >= _WIDE else _narrow_table(holds, now)


def top_table(ranked: list[Ranked]) -> Table:
    """One row a state."""
    table = _table()
    table.add_column("", justify="right", style=_DIM)
    table.add_column("State", overflow="fold")
    table.add_column("Locked", no_wrap=True)
    table.add_column("Holds", justify="right", no_wrap=True)
    table.add_column("Longest", no_wrap=True)
    table.add_column("By operation", no_wrap=True)
    for place, one in enumerate(ranked, 1):
        table.add_row(str(place), _state(one), _words(one.locked_seconds), _count(one), _longest(one), _shares(one))
    return table


def _wide_table(holds: list[Hold], now: datetime) -> Table:
    table = _table()
    table.add_column("Since, until (UTC)", no_wrap=True, min_width=19)
    table.add_column("Held", no_wrap=True, min_width=11)
    table.add_column("Operation", overflow="fold", min_width=16)
    table.add_column("Holder, AWS identity", overflow="fold", min_width=24)
    table.add_column("Released by", overflow="fold", min_width=14)
    table.add_column("Source", no_wrap=True, min_width=10)
    table.add_column("Lock ID", overflow="fold", style=_DIM, min_width=36, max_width=36)
    for hold in holds:
        said = _holder(hold), _released(hold), _source(hold), _plain(hold.lock_id)
        table.add_row(_times(hold), _held(hold, now), _operation(hold), *said)
    return table


def _narrow_table(holds: list[Hold], now: datetime) -> Table:
    table = _table()
    table.add_column("Since, until (UTC)", no_wrap=True, min_width=19)
    table.add_column("Held, operation", overflow="fold", min_width=16, max_width=18)
    table.add_column("Holder, AWS identity", overflow="fold", min_width=20, ratio=1)
    table.add_column("Released by", overflow="fold", min_width=16, max_width=20)
    for hold in holds:
        released = _released(hold)
        source = Text.assemble("\n" if released else "", (", ".join(_known_from(hold)), _DIM))
        what = Text.assemble(_held(hold, now), "\n", _operation(hold))
        table.add_row(_times(hold), what, _holder(hold), Text.assemble(released, source))
    return table


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), collapse_padding=True, pad_edge=False, show_edge=False)


def _state(ranked: Ranked) -> Text:
    text = _plain(ranked.state_path)
    return text.append("\nlocked now", _BAD) if ranked.still_held else text


def _count(ranked: Ranked) -> Text:
    text = Text(str(ranked.holds))
    return text.append(f"\n{ranked.unknown} of ?", _DIM) if ranked.unknown else text


def _longest(ranked: Ranked) -> str:
    return _words(ranked.longest_seconds)


def _plain(text: str, style: str = "") -> Text:
    return Text(visible(text), style)


def _times(hold: Hold) -> Text:
    since = f"{hold.since:%Y-%m-%d %H:%M:%S}" if hold.since else "?"
    text = Text(since)
    if hold.still_held:
        return text.append("\nstill held", _BAD)
    if not hold.until:
        return text.append("\n?", _DIM)
    same_day = hold.since and hold.since.date() == hold.until.date()
    until = f"{hold.until:%H:%M:%S}".rjust(len(since)) if same_day else f"{hold.until:%Y-%m-%d %H:%M:%S}"
    return text.append(f"\n{until}", _DIM)


def _held(hold: Hold, now: datetime) -> Text:
    seconds = hold.seconds(now)
    return Text("?" if seconds is None else _words(seconds), _BAD if hold.still_held else "")


def _words(seconds: float) -> str:
    return f"{seconds:.1f} s" if 0 < seconds < 10 else in_words(timedelta(seconds=seconds))  # noqa: PLR2004


def _operation(hold: Hold) -> Text:
    operation = hold.plain_operation
    return _plain(operation or "?", _STYLES.get(operation, "") if operation else _DIM)


def _holder(hold: Hold) -> Text:
    text = _plain(hold.who) if hold.who else Text("?", _DIM)
    identity = hold.session_name or hold.principal or hold.account
    if identity:
        text.append(f"\n{visible(identity)}", _DIM)
    if hold.put_back_by:
        text.append(f"\nput back by {visible(hold.put_back_by)} in Slack", "magenta")
    return text


def _released(hold: Hold) -> Text:
    style = "magenta" if hold.slack_user else _BAD if hold.released_by == "other" else ""
    return _plain(hold.release_words, style)


def _source(hold: Hold) -> Text:
    return Text("\n".join(_known_from(hold)), _DIM if hold.incomplete else "")


def _known_from(hold: Hold) -> list[str]:
    return [hold.source.value, *(["incomplete"] if hold.incomplete else [])]


def _shares(ranked: Ranked) -> Text:
    shares = Text()
    for operation, seconds in list(ranked.by_operation.items())[:_SHARES]:
        share = 100 * seconds / ranked.locked_seconds if ranked.locked_seconds else 0
        words = f"{share:3.0f} % {shortened(visible(operation), _OPERATION)}"
        shares.append("\n" if shares else "").append(words, _STYLES.get(operation, ""))
    return shares
