"""The picture's content, before anybody draws it: lanes of bars on an axis of time. Pure."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import msgspec

from chalicelib.core.duration import in_words
from tflocks.holds.hold import Hold
from tflocks.output.visible import visible

LANES = 60
"""More make no picture; those locked longest are drawn."""
# Okabe and Ito's colours, which people who see few colours tell apart (jfly.uni-koeln.de/color).
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
"""How the plain words of the rest begin that Terraform is known to write."""
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
    """Its colour's name."""
    still_held: bool
    incomplete: bool
    title: str
    """What there is to say of it, one line a fact, all of it visible characters."""


class Lane(msgspec.Struct, frozen=True):
    """One state."""

    label: str
    bars: tuple[Bar, ...]
    locked: timedelta
    """Within the picture's time."""


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
    """Of the axis, which is a little longer at both ends."""
    end: datetime
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    left_out: int
    """States beyond ``LANES``."""
    undated: int
    """Holds that cannot be drawn: nobody knows when they began or ended."""

    @property
    def kinds(self) -> list[str]:
        """The colours that are used, in the legend's order."""
        used = {bar.kind for lane in self.lanes for bar in lane.bars}
        return [kind for kind in COLOURS if kind in used]

    @property
    def holds(self) -> int:
        """How many are drawn."""
        return sum(len(lane.bars) for lane in self.lanes)

    @property
    def notes(self) -> list[str]:
        """What is not in the picture."""
        said = []
        if self.left_out:
            said.append(f"not drawn: {counted(self.left_out, 'state')} that were locked for a shorter time")
        if self.undated:
            said.append(f"not drawn: {counted(self.undated, 'hold')} of which nobody knows since or until when")
        return said

    @property
    def summary(self) -> str:
        """How much is in it, and of when."""
        held = f"{counted(self.holds, 'hold')} of {counted(len(self.lanes), 'state')}"
        return f"{held}, {self.since:%Y-%m-%d %H:%M} to {self.now:%Y-%m-%d %H:%M} UTC"

    def share(self, at: datetime) -> float:
        """Where on the axis a moment is, from 0 to 1."""
        return min(1.0, max(0.0, (at - self.start) / (self.end - self.start)))


def counted(number: int, thing: str) -> str:
    """``1 hold``, ``2 holds``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def timeline(title: str, holds: list[Hold], since: datetime, now: datetime) -> Timeline:
    """One lane a state, the one locked longest first; the axis begins with the first hold, or where was asked from."""
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
    """How long it was locked within the picture's time, whatever a lock's own times say."""
    inside = (min(bar.end, now) - max(bar.start, since) for bar in bars)
    return Lane(visible(path), tuple(bars), sum((max(one, timedelta(0)) for one in inside), timedelta(0)))


def _span(bars: list[Bar], since: datetime, now: datetime) -> tuple[datetime, datetime]:
    """Empty time before the first hold is not drawn, nor what comes after now by somebody's wrong clock."""
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
