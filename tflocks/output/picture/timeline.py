"""Lay out the picture of holds, before it is drawn: lanes of bars on an axis of time. Pure."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import msgspec

from chalicelib.core.audit.window import Window
from chalicelib.core.duration import in_words
from chalicelib.core.visible import visible
from tflocks.holds.hold import Hold
from tflocks.words import counted

LANES = 60
"""A picture shows this many states at most, those that were locked longest."""
# Okabe and Ito's colours, which colour-blind people can tell apart (jfly.uni-koeln.de/color).
COLOURS = {
    "plan": "#56B4E9",
    "apply or destroy": "#D55E00",
    "refresh": "#009E73",
    "import or console": "#CC79A7",
    "workspace, state, init": "#E69F00",
    "another": "#0072B2",
    "not known": "#999999",
}
_OWN_COLOUR = {"plan", "apply or destroy", "refresh", "import or console"}
_OF_STATES = ("workspace ", "state ", "init ", "taint", "untaint")
"""The beginnings of all other operations, in plain words, that Terraform is known to write."""
_STEPS = [
    *(timedelta(seconds=seconds) for seconds in (1, 5, 15, 30)),
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30)),
    *(timedelta(hours=hours) for hours in (1, 3, 6, 12)),
    *(timedelta(days=days) for days in (1, 2, 3, 7, 14, 28, 91, 182, 364)),
]
_TICKS = 12
_LEAST_SPAN = timedelta(minutes=1)


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One hold as it is drawn."""

    start: datetime
    end: datetime
    kind: str
    """A name in ``COLOURS``."""
    still_held: bool
    incomplete: bool
    title: str
    """What is known of the hold, one line a fact, in visible characters."""


class Lane(msgspec.Struct, frozen=True):
    """One state."""

    label: str
    bars: tuple[Bar, ...]
    locked: timedelta
    """How long, within the picture's time."""


class Tick(msgspec.Struct, frozen=True):
    """A line across all lanes."""

    at: datetime
    label: str


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """The whole picture."""

    title: str
    since: datetime
    now: datetime
    start: datetime
    """The start of the axis, which is a little longer than the time at both ends."""
    end: datetime
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    left_out: int
    """How many states are beyond ``LANES``."""
    undated: int
    """How many holds cannot be drawn, because nobody knows when they began or ended."""

    @property
    def kinds(self) -> list[str]:
        """Return the names of the colours that are used, in the legend's order."""
        used = {bar.kind for lane in self.lanes for bar in lane.bars}
        return [kind for kind in COLOURS if kind in used]

    @property
    def holds(self) -> int:
        """Return how many holds are drawn."""
        return sum(len(lane.bars) for lane in self.lanes)

    @property
    def notes(self) -> list[str]:
        """Return what is not in the picture, in words."""
        said = []
        if self.left_out:
            said.append(f"not drawn: {counted(self.left_out, 'state')} that were locked for a shorter time")
        if self.undated:
            said.append(f"not drawn: {counted(self.undated, 'hold')} of which nobody knows since or until when")
        return said

    @property
    def summary(self) -> str:
        """Return how much is in the picture and which time it covers, in words."""
        held = f"{counted(self.holds, 'hold')} of {counted(len(self.lanes), 'state')}"
        return f"{held}, {self.since:%Y-%m-%d %H:%M} to {self.now:%Y-%m-%d %H:%M} UTC"

    def share(self, at: datetime) -> float:
        """Return where a time is on the axis, from 0 to 1."""
        return min(1.0, max(0.0, (at - self.start) / (self.end - self.start)))


def timeline(title: str, holds: list[Hold], window: Window) -> Timeline:
    """Return a picture with one lane a state, the one that was locked longest first.

    The axis begins with the first hold, but not before the window.
    """
    since, now = window.since, window.now
    bars = [(hold.state_path, bar) for hold in holds if (bar := _bar(hold, now))]
    of_state: defaultdict[str, list[Bar]] = defaultdict(list)
    for path, bar in bars:
        of_state[path].append(bar)
    lanes = sorted((_lane(path, own, since, now) for path, own in of_state.items()), key=lambda lane: -lane.locked)
    start, end = _span([bar for _, bar in bars], since, now)
    return Timeline(
        title=visible(title),
        since=since,
        now=now,
        start=start,
        end=end,
        lanes=tuple(lanes[:LANES]),
        ticks=tuple(tick for tick in _ticks(start, end) if tick.at <= now),
        left_out=len(lanes[LANES:]),
        undated=len(holds) - len(bars),
    )


def _bar(hold: Hold, now: datetime) -> Bar | None:
    end = now if hold.still_held else hold.until
    if hold.since is None or end is None:
        return None
    return Bar(
        start=hold.since,
        end=max(end, hold.since),
        kind=_kind(hold.plain_operation),
        still_held=hold.still_held,
        incomplete=hold.incomplete,
        title="\n".join(visible(line) for line in _facts(hold, now) if line),
    )


def _kind(operation: str) -> str:
    if not operation:
        return "not known"
    if operation in _OWN_COLOUR:
        return operation
    return "workspace, state, init" if operation.startswith(_OF_STATES) else "another"


def _facts(hold: Hold, now: datetime) -> list[str]:
    identity = hold.session_name or hold.principal or hold.account
    until = "still held" if hold.still_held else f"until {hold.until:%Y-%m-%d %H:%M:%S} UTC"
    return [
        f"{hold.plain_operation or 'operation not known'}, {in_words(timedelta(seconds=hold.seconds(now) or 0))}",
        f"since {hold.since:%Y-%m-%d %H:%M:%S} UTC, {until}",
        f"holder {hold.who}" if hold.who else "holder not known",
        f"AWS identity {identity}" if identity else "",
        f"put back by {hold.put_back_by} in Slack" if hold.put_back_by else "",
        f"released by {hold.release_words}" if hold.release_words else "",
        f"lock ID {hold.lock_id}" if hold.lock_id else "",
        f"source: {hold.source.value}",
        *hold.missing,
    ]


def _lane(path: str, bars: list[Bar], since: datetime, now: datetime) -> Lane:
    """Return the lane of a state; only the part of each bar within the picture's time counts as locked."""
    inside = (min(bar.end, now) - max(bar.start, since) for bar in bars)
    return Lane(visible(path), tuple(bars), sum((max(one, timedelta(0)) for one in inside), timedelta(0)))


def _span(bars: list[Bar], since: datetime, now: datetime) -> tuple[datetime, datetime]:
    """Return the ends of the axis: no empty time before the first hold, no time after now by a wrong clock."""
    first = min((bar.start for bar in bars), default=since)
    start = min(max(since, first), now)
    margin = max(_LEAST_SPAN, now - start) / 50
    return start - margin, max(now, start + _LEAST_SPAN) + margin


def _ticks(start: datetime, end: datetime) -> list[Tick]:
    step = next((step for step in _STEPS if (end - start) / step <= _TICKS), (end - start) / _TICKS)
    zero = datetime(1970, 1, 5, tzinfo=UTC)  # a Monday, where weeks begin
    at = zero + -((zero - start) // step) * step
    ticks = []
    while at <= end:
        ticks.append(Tick(at, _tick_label(at, step, years=start.year != end.year)))
        at += step
    return ticks


def _tick_label(at: datetime, step: timedelta, *, years: bool) -> str:
    if at.time() == datetime.min.time():
        return f"{at:%Y-%m-%d}" if years else f"{at:%b %d}"
    return f"{at:%H:%M}" if step >= timedelta(minutes=1) else f"{at:%H:%M:%S}"
