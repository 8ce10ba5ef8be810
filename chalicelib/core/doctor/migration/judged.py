"""The finding about a table's phase, and the one about digests that nobody needs any more."""

from collections.abc import Iterable, Iterator
from typing import Any

from chalicelib.core.doctor.finding import Colour, Finding, Fix, green, grey, red, yellow
from chalicelib.core.doctor.migration.checks import DIGESTS, PHASE
from chalicelib.core.doctor.migration.evidence import Evidence, Journal
from chalicelib.core.doctor.migration.phase import Phase, Story, story
from chalicelib.core.doctor.migration.proof import last_lock, last_write, named
from chalicelib.core.doctor.migration.standing import Standing, Way
from chalicelib.core.doctor.migration.steps import next_step
from chalicelib.core.doctor.pasted.shell import aws

_MOST_NAMED = 20
"""Digests whose deletion is written out; the others come with the next look."""


def phase_finding(evidence: Evidence) -> Finding:
    """Return in which phase a table is, since when, and what is still needed."""
    told = story(evidence)
    more: dict[str, Any] = {"details": tuple(_details(told)), "data": _data(evidence, told)}
    seen = "; ".join(_seen(evidence, told))
    if told.back:
        first = told.back[0]
        came_back = (
            f"the table came back to life: {named([one.state_path for one in told.back])} was locked only in the table "
            f"on {first.back:%Y-%m-%d %H:%M}, after runs that lock only in S3; these do not see each other's locks"
        )
        return red(PHASE.id, evidence.subject, f"{came_back}; {seen}", next_step(evidence, told), **more)
    if told.phase is Phase.UNKNOWN:
        return Finding(check=PHASE.id, subject=evidence.subject, colour=Colour.GREY, seen=seen, **more)
    if _nothing_to_do(told):
        return green(PHASE.id, evidence.subject, seen, **more)
    return yellow(PHASE.id, evidence.subject, seen, next_step(evidence, told), **more)


def deleted_finding(subject: str, region: str, journal: Journal) -> Finding:
    """Return that there is no such table: it was deleted if the journal knows it, else nobody knows of it."""
    locks = [one.since for one in journal.holds if one.in_table]
    data = {"phase": "deleted", "last_lock": _iso(max(locks, default=None))}
    if locks:
        last = f"the last lock in it that is known is of {max(locks):%Y-%m-%d %H:%M}"
        return green(PHASE.id, subject, f"phase 3 is over: the table is deleted; {last}", data=data)
    why = f"there is no such table in {region}, and nothing tells that there was one"
    return grey(PHASE.id, subject, f"{why}{f': {journal.trouble}' if journal.trouble else ''}")


def digest_findings(evidence: Evidence) -> Iterable[Finding]:
    """Yield whether the table has digests of states that are gone. They are in nobody's way, so they block nothing."""
    gone = [path for path in story(evidence).of(Way.GONE) if path in evidence.items.digests]
    unknown = [one for one in evidence.states.values() if one.trouble]
    if gone:
        yield _digests_left(evidence, gone)
    else:
        known = f"{len(evidence.items.digests)} digests, none known to be of a state that is gone"
        rest = f"; {len(unknown)} states could not be looked for in S3 ({unknown[0].trouble})" if unknown else ""
        yield green(DIGESTS.id, evidence.subject, known + rest)


def _digests_left(evidence: Evidence, gone: list[str]) -> Finding:
    lines = [
        aws(
            "dynamodb",
            "delete-item",
            table_name=evidence.table.name,
            key={"LockID": {"S": f"{path}-md5"}},
            condition_expression="attribute_not_exists(Info)",
            region=evidence.table.region,
        )
        for path in gone[:_MOST_NAMED]
    ]
    fix = Fix(
        do="If these states are gone for good, delete their digests, or leave them. Each deletion is a write, so the "
        "four quiet weeks begin anew. If a state is to come back, restore its object.",
        cli="\n".join(lines),
    )
    states = "1 state is" if len(gone) == 1 else f"{len(gone)} states are"
    seen = f"{states} gone and left a digest here: {named(gone)}; that does not hinder the table's deletion"
    return yellow(DIGESTS.id, evidence.subject, seen, fix, details=tuple(gone), data={"gone": gone})


def _nothing_to_do(told: Story) -> bool:
    """Return whether there is nothing to do but wait, if that."""
    if told.phase is Phase.UNUSED:
        return True
    return told.phase is Phase.S3 and not told.under_way and told.waits_until is not None


def _seen(evidence: Evidence, told: Story) -> Iterator[str]:
    yield f"{told.phase.value}{', under way' if told.under_way else ''}"
    if told.since:
        yield f"since {told.since:%Y-%m-%d}"
    yield from _counts(told)
    if lock := last_lock(evidence):
        yield "a lock is held in it now" if evidence.items.held else f"last lock in it {lock:%Y-%m-%d %H:%M}"
    elif write := last_write(evidence):
        yield f"no lock in it is known; CloudWatch counts the last write before {write:%Y-%m-%d %H:%M}"
    if told.phase is Phase.DELETABLE:
        yield "every state that is still there locked only in S3 since"
    elif told.missing and _is_next_deleted(told):
        yield _still_needed(told)


def _is_next_deleted(told: Story) -> bool:
    """Return whether the next step is to delete the table; before, the counts say which states are in the way."""
    return told.phase is Phase.UNKNOWN or (told.phase is Phase.S3 and not told.under_way)


def _still_needed(told: Story) -> str:
    first, *others = (one.what for one in told.missing)
    when = f"not before {told.waits_until:%Y-%m-%d}" if told.waits_until else "not yet"
    more = f"; and {len(others)} more" if others else ""
    return f"safe to delete {when}, still needed: {first}{more}"


def _counts(told: Story) -> Iterator[str]:
    counted = [(way, len(told.of(way))) for way in Way]
    if parts := [f"{number} {way.value}" for way, number in counted if number]:
        yield f"of {len(told.states)} state{'' if len(told.states) == 1 else 's'}: {', '.join(parts)}"


def _details(told: Story) -> Iterator[str]:
    if told.phase is not Phase.UNUSED:
        yield from (f"before it is safe to delete: {one.what}" for one in told.missing)
    for one in told.states:
        since = f" since {one.since:%Y-%m-%d %H:%M}" if one.since else ""
        last = f", last {one.last:%Y-%m-%d %H:%M}" if one.last else ""
        trouble = f" ({one.trouble})" if one.trouble and one.way is not Way.S3 else ""
        yield f"{one.state_path}: {one.way.value}{since}{last}{trouble}"


def _data(evidence: Evidence, told: Story) -> dict[str, Any]:
    lock, write = last_lock(evidence), last_write(evidence)
    return {
        "phase": told.phase.name.lower(),
        "under_way": told.under_way,
        "since": _iso(told.since),
        "last_lock": _iso(lock),
        "last_write": _iso(write),
        "safe_to_delete": told.phase is Phase.DELETABLE,
        "safe_to_delete_from": _iso(told.waits_until),
        "missing": [{"what": one.what, "until": _iso(one.until)} for one in told.missing],
        "states": [_state(one) for one in told.states],
    }


def _state(one: Standing) -> dict[str, Any]:
    return {
        "state_path": one.state_path,
        "locked": one.way.name.lower(),
        "since": _iso(one.since),
        "last": _iso(one.last),
        "last_in_table": _iso(one.last_in_table),
        "back": _iso(one.back),
    }


def _iso(time: Any) -> str | None:
    return time.isoformat() if time else None
