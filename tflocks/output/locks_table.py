"""Lay out held locks as a table for a person at a terminal. Foreign text is ``Text``: rich's markup means nothing."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chalicelib.core.visible import visible
from tflocks.locks.naming import age, all_places, holder, operation, whose_clock
from tflocks.locks.standing import Standing
from tflocks.words import counted

_NARROW = 80
"""A terminal of fewer columns has a few lines for each lock instead of a table."""
_AGE, _GAP = 14, 2
_DIM, _BAD, _QUIET = "dim", "bold red", "magenta"


def locks_table(standings: list[Standing], console: Console) -> Table:
    """Return one row for each holder."""
    if console.width < _NARROW:
        return _stories(standings)
    alerts = [alert(one) for one in standings]
    table = _table()
    for name, width in _widths(console.width, with_alerts=any(alerts)).items():
        table.add_column(name, overflow="fold", width=width)
    for one, told in zip(standings, alerts, strict=True):
        table.add_row(_state(one), _held(one), _holder(one), *([told] if any(alerts) else []))
    return table


def _widths(width: int, *, with_alerts: bool) -> dict[str, int]:
    """Return the width of each column. Without a reaper there are no alerts to show."""
    rest = width - _AGE - (3 if with_alerts else 2) * _GAP
    state = rest // 2
    columns = {"State, where": state, "Held": _AGE}
    if not with_alerts:
        return columns | {"Holder": rest - state - 1}
    holder = (rest - state) // 2
    return columns | {"Holder": holder, "Alert": rest - state - holder - 1}


def alert(standing: Standing) -> Text:
    """Say what the reaper did about a lock."""
    lines = [_level(standing)]
    if standing.alerted_at:
        run = ", with its run" if standing.page.joint else ""
        lines.append(Text(f"alerted {standing.alerted_at:%Y-%m-%d %H:%M} UTC{run}", _BAD))
    if standing.snoozed_until and standing.page.snooze:
        by = visible(standing.page.snooze.by)
        lines.append(Text(f"snoozed by {by} until {standing.snoozed_until:%Y-%m-%d %H:%M} UTC", _QUIET))
    if standing.policy and not standing.known:
        lines.append(Text("not in the reaper's book yet", _DIM))
    return Text("\n").join(line for line in lines if line)


def _stories(standings: list[Standing]) -> Table:
    table = _table()
    table.add_column("Held locks", overflow="fold")
    for one in standings:
        told = [*_state(one).split("\n"), _held(one), *_holder(one).split("\n"), *alert(one).split("\n")]
        table.add_row(Text("\n  ").join(line for line in told if line))
    return table


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), collapse_padding=True, pad_edge=False, show_edge=False)


def _state(standing: Standing) -> Text:
    text = Text(visible(standing.state_path)).append(f"\n{visible(all_places(standing.locks))}", _DIM)
    if standing.shown_account:
        text.append(f"\naccount {visible(standing.shown_account)}", _DIM)
    if not standing.looked_at:
        text.append("\nnot looked at: as the reaper's book has it", _QUIET)
    if standing.others:
        text.append(f"\n{counted(standing.others, 'other holder')} of this state", _BAD)
    return text


def _held(standing: Standing) -> Text:
    text = Text(age(standing), _BAD if standing.level or standing.age is None else "")
    clock = whose_clock(standing)
    return text.append(f"\n{clock}", _DIM) if clock else text


def _holder(standing: Standing) -> Text:
    text = Text(visible(holder(standing)) or "?")
    if said := operation(standing.lock):
        text.append(f"\n{visible(said)}", "cyan" if said == "plan" else "yellow")
    if standing.lock.info and standing.lock.info.ID:
        text.append(f"\n{visible(standing.lock.info.ID)}", _DIM)
    return text


def _level(standing: Standing) -> Text:
    if standing.level is None or standing.levels is None:
        return Text("")
    if not standing.level:
        return Text("under its threshold", _DIM)
    return Text(f"over threshold {standing.level} of {standing.levels}", _BAD)
