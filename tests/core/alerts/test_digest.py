from datetime import timedelta

import msgspec

from chalicelib.core.alerts.digest import Digest, counted, differ, held_by_short_name, short_name
from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.ending import Ending, Outcome
from tests.builders import CHANNEL, TAKEN, a_lock, some_rules

LOCKS = [a_lock(key=f"{number}.tflock") for number in range(5)]
DIGEST = Digest(channel=CHANNEL, locks=tuple(short_name(lock.ref) for lock in LOCKS), held=5, oldest=(), at=TAKEN)
LATER = TAKEN + timedelta(hours=1)


def test_a_digest_knows_its_own_locks_and_no_other() -> None:
    assert all(DIGEST.covers(lock.ref) for lock in LOCKS)
    assert not DIGEST.covers(a_lock(key="0.tflock", taken=LATER).ref)


def test_a_digest_is_counted_by_what_the_book_has() -> None:
    waits, told, _gone, ended, _ = LOCKS
    pages = [
        Page(lock=waits),
        Page(lock=told, posted=Posted(CHANNEL, "1.1")),
        Page(lock=ended, posted=Posted(CHANNEL, "1.2"), ending=Ending(outcome=Outcome.GONE, at=TAKEN)),
        Page(lock=a_lock(key="another.tflock")),
    ]
    now = counted(DIGEST, held_by_short_name(pages), some_rules(), 7, LATER)
    assert (now.total, now.held, now.coming, now.waiting, now.as_of) == (5, 2, 1, 7, LATER)
    assert differ(now, DIGEST)
    assert not differ(now, msgspec.structs.replace(now, counted_at=TAKEN))
