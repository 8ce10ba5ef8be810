"""Remember how each check stood, and tell what changed since.

A check that cannot be looked at keeps the colour that was last seen: between red, unknown and red nothing changed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from chalicelib.core.doctor.finding import Colour, Finding

_WORST_FIRST = (Colour.RED, Colour.YELLOW, Colour.GREEN)
_LONGEST_TEXT, _LONGEST_COMMANDS = 600, 2000
MOST_CHANGES, MOST_BYTES = 40, 200_000
"""Most changes of one subject that wait to be told, and most of what its keys take; an item of DynamoDB has 400 KB."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One check of one thing that stands otherwise than before."""

    check: str
    subject: str
    before: Colour | None
    """None: it was never looked at."""
    now: Colour
    seen: str
    do: str = ""
    cli: str = ""
    right: str = ""
    """For GREY: the right that the look lacks."""

    @property
    def key(self) -> str:
        """Return what names the check of this thing."""
        return key_of(self)


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one subject since its last look."""

    subject: str
    at: datetime
    colours: dict[str, Colour] = {}
    """How each check of each thing stands."""
    last_seen: dict[str, Colour] = {}
    """For those that are GREY now: the colour before that, if there was one."""
    untold: tuple[Change, ...] = ()
    """The changes that people have not been told of yet."""

    def seen(self, finding: Finding) -> Colour | None:
        """Return the colour in which this was last seen; None: never.

        A thing that is new among those of a check was well before: a check names only what is not well, one by one.
        """
        key = key_of(finding)
        if key in self.colours:
            return self._seen(key)
        return Colour.GREEN if any(check_of(one) == finding.check and self._seen(one) for one in self.colours) else None

    def _seen(self, key: str) -> Colour | None:
        colour = self.colours[key]
        return colour if colour is not Colour.GREY else self.last_seen.get(key)


def key_of(one: Finding | Change) -> str:
    """Return what names the check of this thing."""
    return f"{one.check} {one.subject}"


def check_of(key: str) -> str:
    """Return the check of a key."""
    return key.partition(" ")[0]


def remembered(subject: str, findings: Iterable[Finding], before: Remembered | None, at: datetime) -> Remembered:
    """Return what is known of a subject after a look, with what people are to be told of it."""
    old = before or Remembered(subject=subject, at=at)
    worst = _worst(findings)
    colours, last_seen = _kept(old, worst)
    for key, finding in worst.items():
        seen = old.seen(finding)
        if finding.colour is not Colour.GREY:
            colours[key] = finding.colour
        elif finding.right:
            colours[key] = Colour.GREY
            last_seen |= {key: seen} if seen else {}
        elif key in old.colours:  # AWS or Slack did not answer today: it is as it was
            colours[key] = old.colours[key]
            last_seen |= {key: seen} if seen and colours[key] is Colour.GREY else {}
    now = Remembered(subject=subject, at=at, colours=_bounded(colours), last_seen=last_seen)
    return msgspec.structs.replace(now, untold=_untold(old, now, worst))


def _worst(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Return one finding for each check of each thing: the worst of what was seen, else that nobody could look."""
    rank = {colour: number for number, colour in enumerate((*_WORST_FIRST, Colour.GREY))}
    worst: dict[str, Finding] = {}
    for finding in findings:
        known = worst.setdefault(key_of(finding), finding)
        if rank[finding.colour] < rank[known.colour]:
            worst[key_of(finding)] = finding
    return worst


def _kept(old: Remembered, worst: Mapping[str, Finding]) -> tuple[dict[str, Colour], dict[str, Colour]]:
    """Return what the look says nothing of, because its check could not be looked at, or was not."""
    looked = {finding.check for finding in worst.values()} - {
        finding.check for finding in worst.values() if finding.colour is Colour.GREY
    }
    kept = {key: colour for key, colour in old.colours.items() if key not in worst and check_of(key) not in looked}
    return kept, {key: colour for key, colour in old.last_seen.items() if key in kept}


def _untold(old: Remembered, now: Remembered, worst: Mapping[str, Finding]) -> tuple[Change, ...]:
    changes = {change.key: change for change in old.untold if now.colours.get(change.key) is change.now}
    changes |= {change.key: change for change in _changes(old, now, worst)}
    return tuple(changes.values())[:MOST_CHANGES]


def _changes(old: Remembered, now: Remembered, worst: Mapping[str, Finding]) -> Iterator[Change]:
    for key, finding in worst.items():
        if key in now.colours and _is_news(old.seen(finding), finding, already=old.colours.get(key)):
            yield _change(finding, old.seen(finding))
    for key, colour in old.colours.items():
        if key not in now.colours and colour in {Colour.RED, Colour.YELLOW}:
            check, _, subject = key.partition(" ")
            yield Change(check=check, subject=subject, before=colour, now=Colour.GREEN, seen="")


def _is_news(before: Colour | None, finding: Finding, already: Colour | None) -> bool:
    if finding.colour is Colour.GREY:
        return bool(finding.right and before and already is not Colour.GREY)
    if before is None:
        return finding.colour is Colour.RED
    return finding.colour is not before


def _change(finding: Finding, before: Colour | None) -> Change:
    fix = finding.fix
    return Change(
        check=finding.check,
        subject=finding.subject,
        before=before,
        now=finding.colour,
        seen=_cut(finding.seen),
        do=_cut(fix.do) if fix else "",
        cli=fix.cli if fix and len(fix.cli) <= _LONGEST_COMMANDS else "",
        right=finding.right,
    )


def _bounded(colours: dict[str, Colour]) -> dict[str, Colour]:
    """Return the colours for which there is room, those that are not GREEN first: a key that is missing was well."""
    room, some = MOST_BYTES, {}
    for key, colour in sorted(colours.items(), key=lambda one: one[1] is Colour.GREEN):
        room -= len(key.encode(errors="replace")) + len(colour)
        if room > 0:
            some[key] = colour
    return some


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"
