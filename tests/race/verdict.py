"""What was wrong in a schedule: the model knows who did what, which nobody in the product can."""

from collections import Counter
from collections.abc import Iterator

from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.clicks.click import Click, Verb
from chalicelib.core.clicks.ending import Ending, Outcome
from tests.race.bucket import Acquire
from tests.race.life import Race

WRONG_LOCK, WRONG_NAME, SILENT, UNTRUE = "wrong lock deleted", "wrong name", "click not answered", "message untrue"


def wrong(race: Race) -> list[tuple[str, str]]:
    """Return everything that was wrong: its kind, and what it was."""
    return [
        *((WRONG_LOCK, what) for what in _wrong_deletes(race)),
        *((WRONG_NAME, what) for what in (*_in_the_book(race), *_in_the_journal(race), *_in_answers(race))),
        *((SILENT, click.click) for click in race.clicks if click.click not in race.channel.answered),
        *((UNTRUE, what) for what in _in_messages(race)),
    ]


def deletes(race: Race) -> int:
    """Return how many locks the reaper deleted."""
    return sum(one.ended_by is not None for one in race.bucket.history)


def _wrong_deletes(race: Race) -> Iterator[str]:
    for acquire in race.bucket.history:
        click = acquire.ended_by
        if click and race.shown.get(click.click) is not acquire:
            yield f"{click.click} deleted the lock of {acquire.at:%H:%M:%S}"


def _in_the_book(race: Race) -> Iterator[str]:
    for ref, page in race.book.pages.items():
        acquire = next(one for one in race.bucket.history if one.ref == ref)
        if page.ending:
            yield from _of_ending(race, acquire, page.ending, "book")
        by = acquire.put_by.user if acquire.put_by else ""
        if page.restored_by and page.restored_by != by:
            yield f"book: put back by {by}, and not by {page.restored_by}"


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


def _puts_of(race: Race, acquire: Acquire) -> list[Click]:
    return [one.put_by for one in race.bucket.history if one.put_by and one.put_by.lock == acquire.ref]


def _in_the_journal(race: Race) -> Iterator[str]:
    puts = [one.put_by for one in race.bucket.history if one.put_by]
    restored: Counter[str] = Counter()
    raw: Counter[str] = Counter()
    names: dict[str, str] = {}
    for _, line in race.lines.lines:
        yield from _of_line(race, line)
        if line.event is LineKind.LOCK_RESTORED:
            names[line.event_id] = line.slack_user
            raw[line.event_id] += 1
    restored.update(names.values())
    allowed = Counter(click.user for click in puts)
    if restored - allowed:
        yield f"journal: lock_restored of {dict(restored)}, where the puts were {dict(allowed)}"
    if race.calm and max(raw.values(), default=0) > 1:
        yield "journal: lock_restored twice for one put"


def _of_line(race: Race, line: JournalLine) -> Iterator[str]:
    about = race.events.get(line.event_id)
    if about and line.event is LineKind.LOCK_RELEASED and (race.in_time or not race.bucket.nameless):
        yield from _of_release(about.ended_by.user if about.ended_by else "", line)
    if about and line.event is LineKind.LOCK_ACQUIRED:
        put_by = about.put_by.user if about.put_by else ""
        if line.slack_user not in {"", put_by}:
            yield f"journal: lock_acquired by {line.slack_user}, and it was {put_by or 'a run'}"
    if line.event is LineKind.RELEASE_ANSWERED and line.outcome == "released":
        deleters = {one.ended_by.user for one in race.bucket.history if one.ended_by}
        if line.slack_user not in deleters:
            yield f"journal: release_answered released, and not by {line.slack_user}"


def _of_release(by: str, line: JournalLine) -> Iterator[str]:
    in_slack = line.released_by == "slack"
    if in_slack and (not by or line.slack_user not in {"", by}):
        yield f"journal: lock_released by {line.slack_user}, and it was {by or 'a run'}"
    if line.released_by in {"holder", "other", "reaper"} and by:
        yield f"journal: lock_released by {line.released_by}, and it was {by}"


def _in_answers(race: Race) -> Iterator[str]:
    for click, told in race.channel.told:
        acquire = race.shown[click.click]
        if acquire is None:
            continue
        if told.ending.outcome is Outcome.RESTORED:
            if told.ending.user not in {one.user for one in _puts_of(race, acquire)}:
                yield f"answer: not put back by {told.ending.user}"
        elif click.verb is Verb.RELEASE:
            yield from _of_ending(race, acquire, told.ending, "answer")


def _in_messages(race: Race) -> Iterator[str]:
    held = race.bucket.there.ref if race.bucket.there else None
    for alert in race.channel.shown.values():
        if alert.open and alert.lock.ref != held:
            yield f"a lock of {alert.lock.ref.since:%H:%M:%S} is shown as held"
        if not alert.open and alert.lock.ref == held:
            yield "a lock that is held is shown as ended"
