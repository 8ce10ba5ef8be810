"""What was wrong in a schedule: the model knows who did what, which nobody in the product can."""

from collections import Counter
from collections.abc import Iterator

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.clicks.click import Click, Verb
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.place import LockRef
from tests.race.life import RIVAL, Race
from tests.race.places import DIGEST, ITEM, OBJECT, Acquire

WRONG_LOCK, WRONG_NAME, SILENT, UNTRUE = "wrong lock deleted", "wrong name", "click not answered", "message untrue"
DIGEST_TOUCHED, LEFT = "digest touched", "half left by a release of all"
LOST, DOUBLED = "alert lost", "alert doubled"


def wrong(race: Race) -> list[tuple[str, str]]:
    """Return everything that was wrong: its kind, and what it was."""
    return [
        *((WRONG_LOCK, what) for what in _wrong_deletes(race)),
        *((DIGEST_TOUCHED, "") for _ in [0] if race.places.tables.items.get(DIGEST) != race.places.digest),
        *((LEFT, what) for what in _left(race)),
        *((WRONG_NAME, what) for what in (*_in_the_book(race), *_in_the_journal(race), *_in_answers(race))),
        *((SILENT, click.click) for click in race.clicks if click.click not in race.channel.answered),
        *((UNTRUE, what) for what in _in_messages(race)),
        *((LOST, what) for what in _lost(race)),
        *((DOUBLED, what) for what in _doubled(race)),
    ]


def deletes(race: Race) -> int:
    """Return how many locks the reaper deleted; each half counts."""
    return sum(one.ended_by is not None for one in race.places.history)


def _wrong_deletes(race: Race) -> Iterator[str]:
    for acquire in race.places.history:
        click = acquire.ended_by
        if click and acquire not in race.shown.get(click.click, []):
            yield f"{click.click} deleted the lock of {acquire.at:%H:%M:%S} at {acquire.ref.place.address}"


def _left(race: Race) -> Iterator[str]:
    held = race.places.held
    for page in race.book.pages.values():
        if page.ending and page.ending.outcome is Outcome.RELEASED and not page.half_of:
            yield from (f"{half.ref.place.address} is held" for half in page.halves if half.ref in held)


def _in_the_book(race: Race) -> Iterator[str]:
    for ref, page in race.book.pages.items():
        acquire = _acquire(race, ref)
        if page.own_ending:
            yield from _of_ending(race, acquire, page.own_ending, "book")
        if page.ending:
            yield from _of_halves(race, page, page.ending)
        by = acquire.put_by.user if acquire.put_by else ""
        if page.restored_by and page.restored_by != by:
            yield f"book: put back by {by}, and not by {page.restored_by}"


def _acquire(race: Race, ref: LockRef) -> Acquire:
    acquire = race.places.acquires(ref)
    assert acquire is not None
    return acquire


def _of_ending(race: Race, acquire: Acquire, ending: Ending, where: str) -> Iterator[str]:
    """A name that the outcome says, and that is not so. Where it is not known, either is as good as the other."""
    by = acquire.ended_by.user if acquire.ended_by else ""
    gone = {Outcome.GONE, Outcome.REPLACED}
    if ending.outcome is Outcome.RELEASED and ending.user != by:
        yield f"{where}: released by {by or 'a run'}, and not by {ending.user}"
    if ending.outcome is Outcome.UNCONFIRMED and by and ending.user != by:
        yield f"{where}: released by {by}, and not perhaps by {ending.user}"
    if ending.outcome in gone and by:
        yield f"{where}: released by {by}, and not {ending.outcome} ({ending.user or 'nobody'})"
    if ending.restored_by and ending.restored_by not in {one.user for one in _puts_of(race, acquire)}:
        yield f"{where}: not put back by {ending.restored_by}"


def _of_halves(race: Race, page: Page, ending: Ending) -> Iterator[str]:
    """The same for each half of a lock: the message has them all."""
    refs = {half.ref.place: half.ref for half in page.halves}
    for half in ending.halves:
        if half.place in refs:
            told = msgspec.structs.replace(ending, outcome=half.outcome, user=half.by, restored_by="")
            yield from _of_ending(race, _acquire(race, refs[half.place]), told, half.place.address)
    deleters = {one.user for ref in refs.values() if (one := _acquire(race, ref).ended_by)}
    if ending.halves and ending.outcome is Outcome.RELEASED and ending.user not in deleters:
        yield f"released by {deleters or 'a run'}, and not by {ending.user}"


def _puts_of(race: Race, acquire: Acquire) -> list[Click]:
    return [one.put_by for one in race.places.history if one.put_by and one.put_for is acquire]


def _in_the_journal(race: Race) -> Iterator[str]:
    puts = {one.put_by.click: one.put_by for one in race.places.history if one.put_by}
    restored: Counter[str] = Counter()
    raw: Counter[str] = Counter()
    names: dict[str, str] = {}
    yield from _told_twice(race)
    for _, line in race.lines.lines:
        yield from _of_line(race, line)
        if line.event is LineKind.LOCK_RESTORED:
            names[line.event_id] = line.slack_user
            raw[line.event_id] += 1
    restored.update(names.values())
    allowed = Counter(click.user for click in puts.values())
    if restored - allowed:
        yield f"journal: lock_restored of {dict(restored)}, where the puts were {dict(allowed)}"
    if race.calm and max(raw.values(), default=0) > 1:
        yield "journal: lock_restored twice for one put"


def _of_line(race: Race, line: JournalLine) -> Iterator[str]:
    about = race.events.get(line.event_id)
    named = about and about.ref.place == OBJECT and not race.places.nameless
    if about and line.event is LineKind.LOCK_RELEASED and (race.in_time or named):
        yield from _of_release(about.ended_by.user if about.ended_by else "", line)
    if about and line.event is LineKind.LOCK_ACQUIRED:
        put_by = about.put_by.user if about.put_by else ""
        if line.slack_user not in {"", put_by}:
            yield f"journal: lock_acquired by {line.slack_user}, and it was {put_by or 'a run'}"
    if line.event is LineKind.RELEASE_ANSWERED and line.outcome == "released":
        deleters = {one.ended_by.user for one in race.places.history if one.ended_by}
        if line.slack_user not in deleters:
            yield f"journal: release_answered released, and not by {line.slack_user}"


def _told_twice(race: Race) -> Iterator[str]:
    """Every hold in the table has one release, whoever tells of it; a line that is written again keeps its ID.

    Of S3's events some are lost here, so that a release can be taken for that of the hold before.
    """
    stamps = {one.ref.stamp for one in race.places.history if one.ref.place == ITEM}
    ids: dict[str, set[str]] = {}
    for _, line in race.lines.lines:
        if line.event is LineKind.LOCK_RELEASED and line.etag in stamps:
            ids.setdefault(line.etag, set()).add(line.event_id)
    yield from (f"journal: {len(found)} releases of {stamp}" for stamp, found in ids.items() if len(found) > 1)


def _of_release(by: str, line: JournalLine) -> Iterator[str]:
    in_slack = line.released_by == "slack"
    if in_slack and (not by or line.slack_user not in {"", by}):
        yield f"journal: lock_released by {line.slack_user}, and it was {by or 'a run'}"
    if line.released_by in {"holder", "other", "reaper"} and by:
        yield f"journal: lock_released by {line.released_by}, and it was {by}"


def _in_answers(race: Race) -> Iterator[str]:
    for click, told in race.channel.told:
        shown = race.shown[click.click]
        if told.ending.outcome is Outcome.RESTORED:
            if shown and told.ending.user not in {put.user for one in shown for put in _puts_of(race, one)}:
                yield f"answer: not put back by {told.ending.user}"
        elif click.verb is Verb.RELEASE and shown and not told.ending.halves:
            yield from _of_whole(race, shown[0], told.ending)


def _of_whole(race: Race, acquire: Acquire, ending: Ending) -> Iterator[str]:
    """The same for a lock in two places of which the answer tells as of one: a deleter of either half will do."""
    whole = [one for one in race.places.history if (one.run, one.put_by) == (acquire.run, acquire.put_by)]
    if ending.user not in {one.ended_by.user for one in whole if one.ended_by}:
        yield from _of_ending(race, acquire, ending, "answer")


def _in_messages(race: Race) -> Iterator[str]:
    held = race.places.held
    for alert in race.channel.shown.values():
        refs = set(alert.page.present if alert.page.halves else (alert.lock.ref,))
        if alert.open and not refs & held.keys():
            yield f"a lock of {alert.lock.ref.since:%H:%M:%S} is shown as held"
        elif alert.open:
            # Two people can put two halves back one after the other, when the first one's function died: two locks.
            about = held[next(iter(refs & held.keys()))]
            halves = {ref for ref, one in held.items() if (one.run, one.put_by) == (about.run, about.put_by)}
            if not halves <= refs <= held.keys():
                yield f"held at {_addresses(refs)} by the message, and at {_addresses(halves)} in truth"
        if not alert.open and alert.lock.ref in held:
            yield "a lock that is held is shown as ended"


def _addresses(refs: set[LockRef]) -> list[str]:
    return sorted(f"{ref.place.kind} {ref.stamp[-8:]}" for ref in refs)


def _lost(race: Race) -> Iterator[str]:
    """The runs that held the state three hours ago are over their threshold. A lock that was put back is younger."""
    shown = _shown_as_held(race)
    old = (one.run for one in race.places.there.values() if one.run in {0, RIVAL} and not one.put_by)
    for run in set(old) - shown.keys():
        yield f"run {run} holds the state and has no alert"


def _doubled(race: Race) -> Iterator[str]:
    for run, number in _shown_as_held(race).items():
        if number > 1:
            yield f"{number} alerts of run {run}"


def _shown_as_held(race: Race) -> Counter[int]:
    return Counter(_acquire(race, alert.lock.ref).run for alert in race.channel.shown.values() if alert.open)
