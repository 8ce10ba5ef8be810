"""The lock book's table with all that the reaper remembers, written and read by the books themselves."""

from collections.abc import Mapping
from typing import Any

import msgspec

from chalicelib.aws.book.channel_book import DynamoChannelBook
from chalicelib.aws.book.digest_book import DynamoDigestBook
from chalicelib.aws.book.event_book import DynamoEventBook
from chalicelib.aws.book.group_book import DynamoGroupBook
from chalicelib.aws.book.joint.joint_book import DynamoJointBook
from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.aws.book.nightly.doctor_book import DynamoDoctorBook
from chalicelib.aws.book.nightly.night_book import DynamoNightBook
from chalicelib.aws.book.rules_book import DynamoRulesBook
from chalicelib.aws.book.target_book import DynamoTargetBook
from chalicelib.core.alerts.stored import Sets, Stored, as_page
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.audit.hold import Journaled
from chalicelib.core.locks.place import LockRef
from tests.builders import TAKEN
from tests.released import memory
from tests.released.pages import PAGES

RULES = b"the rules are a file of their own"


def write_all(table: Any) -> None:
    """Have each book write all that it can remember."""
    for stored in PAGES.values():
        DynamoLockBook(table).write(_transition(stored))
    _write_events(DynamoEventBook(table))
    _write_night(DynamoNightBook(table))
    _write_alerts(table)
    for group, members in memory.GROUPS.items():
        DynamoGroupBook(table, TAKEN.timestamp).replace(group, members)
    for look in memory.LOOKS.values():
        DynamoDoctorBook(table).note(look)
    DynamoRulesBook(table).replace(RULES)
    DynamoTargetBook(table, lambda: TAKEN).replace(memory.TARGETS)


def _transition(stored: Stored) -> Transition:
    sets = {name: value for name, value in stored.items() if name in Sets.__annotations__}
    fields = {name: value for name, value in stored.items() if name not in sets}
    return Transition(ref=stored["lock"].ref, put=fields, add=sets)  # type: ignore[arg-type]


def _write_events(book: DynamoEventBook) -> None:
    for noted in memory.EVENTS.values():
        book.claim(noted, TAKEN)
        if noted.journaled is not Journaled.NOTHING:
            book.journaled(noted.event, noted.journaled)
    book.remember_gone(memory.GONE)


def _write_night(book: DynamoNightBook) -> None:
    night = memory.NIGHT
    book.begin(night.began, night.ordered)
    for result in night.results:
        book.note(night.began, result)
    book.journal(night.began)


def _write_alerts(table: Any) -> None:
    for trouble in memory.TROUBLES.values():
        DynamoChannelBook(table).replace(None, trouble)
    for digest in memory.DIGESTS.values():
        book = DynamoDigestBook(table)
        if digest.posted:
            book.save(digest)
        else:
            book.claim(digest)
    joints = DynamoJointBook(table)
    for joint in memory.JOINTS.values():
        joints.save(msgspec.structs.replace(joint, version=1))
        joints.save(joint)
    for result in memory.RESULTS:
        joints.report(memory.PART, result, TAKEN)


def read_all(table: Any) -> dict[str, Any]:
    """Return all that the books find in the table, by what it is."""
    events, joints, nights = DynamoEventBook(table), DynamoJointBook(table), DynamoNightBook(table)
    return {
        **{f"page: {name}": DynamoLockBook(table).find(_ref(stored)) for name, stored in PAGES.items()},
        **{f"event: {name}": events.find(noted.event) for name, noted in memory.EVENTS.items()},
        "gone": events.gone_after(memory.EVENTS["an acquire"].event),
        "night": nights.read(memory.NIGHT.began),
        "untold nights": nights.untold(),
        "troubles": {trouble.phase.name: trouble for trouble in DynamoChannelBook(table).troubled()},
        "digests": sorted(DynamoDigestBook(table).open(), key=lambda digest: digest.channel),
        **{f"joint: {name}": joints.find(joint.id) for name, joint in memory.JOINTS.items()},
        "results": joints.results(memory.PART.joint, memory.PART.click),
        "groups": DynamoGroupBook(table, TAKEN.timestamp).members(),
        "looks": DynamoDoctorBook(table).remembered(),
        "rules": DynamoRulesBook(table).rules(),
        "targets": DynamoTargetBook(table, lambda: TAKEN).remembered(),
    }


def remembered() -> Mapping[str, Any]:
    """Return the same as things of today, by what each is."""
    return {
        **{f"page: {name}": as_page(stored) for name, stored in PAGES.items()},
        **{f"event: {name}": noted for name, noted in memory.EVENTS.items()},
        "gone": [memory.GONE],
        "night": memory.NIGHT,
        "untold nights": [memory.NIGHT.began],
        "troubles": memory.TROUBLES,
        "digests": sorted(memory.DIGESTS.values(), key=lambda digest: digest.channel),
        **{f"joint: {name}": joint for name, joint in memory.JOINTS.items()},
        "results": sorted(memory.RESULTS),
        "groups": memory.GROUPS,
        "looks": memory.LOOKS,
        "rules": RULES,
        "targets": memory.TARGETS,
    }


def _ref(stored: Stored) -> LockRef:
    return stored["lock"].ref
