"""Lay out tables for a person at a terminal. Foreign text is ``Text``, in which rich's markup means nothing."""

from datetime import datetime, timedelta

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chalicelib.core.duration import in_words
from chalicelib.core.visible import visible
from tflocks.holds.hold import Hold, with_accounts
from tflocks.holds.ranking import Ranked
from tflocks.words import counted, shortened

_WIDE, _NARROW = 160, 80
"""Terminal columns: from the first on, a table of holds has a column for each fact; below the second, only one."""
_RANKING_WIDE, _RANKING_NARROW = 100, 50
_SINCE, _HOLDER, _RELEASED = "Since, until (UTC)", "Holder, identity", "Released by"
_TIMES, _HELD, _GAP = 19, 17, 2
_SHARES = 3
_OPERATION = 48
"""Characters of the longest operation in plain words; an unknown operation can be any text."""
_DIM, _BAD = "dim", "bold red"
_STYLES = {"plan": "cyan", "apply or destroy": "yellow"}


def holds_table(holds: list[Hold], now: datetime, console: Console) -> Table:
    """Return the holds of one state, one row each; in a narrow terminal, several facts share a cell."""
    holds = with_accounts(holds)
    if console.width < _NARROW:
        return _stories(holds, now)
    return (_wide_table if console.width >= _WIDE else _narrow_table)(holds, now, console.width)


def ranking_table(ranked: list[Ranked], console: Console) -> Table:
    """Return one row a state; in a narrow terminal the operations are below its name."""
    if console.width < _RANKING_NARROW:
        return _ranking_stories(ranked)
    wide = console.width >= _RANKING_WIDE
    table = _table()
    table.add_column("", justify="right", style=_DIM)
    table.add_column("State", overflow="fold")
    table.add_column("Locked", no_wrap=True)
    table.add_column("Holds", justify="right", no_wrap=True)
    table.add_column("Longest", no_wrap=True)
    if wide:
        table.add_column("By operation", no_wrap=True)
    for rank, one in enumerate(ranked, 1):
        shares = _shares(one)
        state = _state(one) if wide else _lines(_state(one), shares)
        figures = _words(one.locked_seconds), _count(one), _longest(one)
        table.add_row(str(rank), state, *figures, *([shares] if wide else []))
    return table


def _ranking_stories(ranked: list[Ranked]) -> Table:
    table = _table()
    table.add_column("Locked longest", overflow="fold")
    for one in ranked:
        unknown = f" ({one.unknown} of unknown length)" if one.unknown else ""
        figures = f"{_words(one.locked_seconds)} in {counted(one.holds, 'hold')}{unknown}, longest {_longest(one)}"
        table.add_row(_lines(_state(one), Text(figures), _shares(one)))
    return table


def _lines(*texts: Text) -> Text:
    return Text("\n").join(text for text in texts if text)


def _wide_table(holds: list[Hold], now: datetime, width: int) -> Table:
    first, last = {_SINCE: _TIMES, "Held": 11, "Operation": 20}, {"Source": 10, "Lock ID": 36}
    table = _table(first | _identities(width - sum((*first.values(), *last.values())) - 6 * _GAP) | last)
    for hold in holds:
        said = _holder(hold), _released(hold), _source(hold), _plain(hold.lock_id, _DIM)
        table.add_row(_times(hold), _held(hold, now), _operation(hold), *said)
    return table


def _narrow_table(holds: list[Hold], now: datetime, width: int) -> Table:
    first = {_SINCE: _TIMES, "Held, operation": _HELD}
    table = _table(first | _identities(width - sum(first.values()) - 3 * _GAP))
    for hold in holds:
        source = Text(", ".join(_known_from(hold)), _DIM)
        what = _lines(_held(hold, now), _operation(hold))
        table.add_row(_times(hold), what, _holder(hold), _lines(_released(hold), source))
    return table


def _identities(width: int) -> dict[str, int]:
    """Return the widths of two columns that share the rest; rich pads the last cell, which takes one more."""
    holder = width // 2
    return {_HOLDER: holder, _RELEASED: width - holder - 1}


def _stories(holds: list[Hold], now: datetime) -> Table:
    """Return one column with each hold in as many lines as it takes."""
    table = _table()
    table.add_column(_SINCE, overflow="fold")
    for hold in holds:
        lines = [
            Text.assemble(_since(hold), ", " if hold.still_held else " to ", _until(hold), ", ", _held(hold, now)),
            Text.assemble(_operation(hold), (f", {', '.join(_known_from(hold))}", _DIM)),
            *Text.assemble("by ", _holder(hold)).split("\n"),
        ]
        if released := _released(hold):
            lines.append(Text.assemble("released by ", released))
        table.add_row(Text("\n  ").join(lines))
    return table


def _table(widths: dict[str, int] | None = None) -> Table:
    """Return an empty table with columns of given widths: rich's own widths would cut off what does not fit."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), collapse_padding=True, pad_edge=False, show_edge=False)
    for name, width in (widths or {}).items():
        table.add_column(name, overflow="fold", width=width)
    return table


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
    since, until = _since(hold), _until(hold)
    if _ends_the_same_day(hold):
        until.pad_left(len(since) - len(until))
    return Text.assemble(since, "\n", until)


def _since(hold: Hold) -> str:
    return f"{hold.since:%Y-%m-%d %H:%M:%S}" if hold.since else "?"


def _until(hold: Hold) -> Text:
    if hold.still_held:
        return Text("still held", _BAD)
    if not hold.until:
        return Text("?", _DIM)
    return Text(f"{hold.until:%H:%M:%S}" if _ends_the_same_day(hold) else f"{hold.until:%Y-%m-%d %H:%M:%S}", _DIM)


def _ends_the_same_day(hold: Hold) -> bool:
    return hold.since is not None and hold.until is not None and hold.since.date() == hold.until.date()


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
    if hold.shown_account:
        text.append(f"\nin account {visible(hold.shown_account)}", _DIM)
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
    marks = {hold.kinds: bool(hold.kinds), "seen": hold.seen, "incomplete": hold.incomplete}
    return [hold.source.value, *(mark for mark, shown in marks.items() if shown)]


def _shares(ranked: Ranked) -> Text:
    shares = Text()
    for operation, seconds in list(ranked.by_operation.items())[:_SHARES]:
        share = 100 * seconds / ranked.locked_seconds if ranked.locked_seconds else 0
        words = f"{share:3.0f} % {shortened(visible(operation), _OPERATION)}"
        shares.append("\n" if shares else "").append(words, _STYLES.get(operation, ""))
    return shares
