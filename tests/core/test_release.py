from datetime import timedelta

import pytest

from chalicelib.core.release import Deletion, Presence, ReleaseOutcome, conclude, presence
from tests.builders import TAKEN, a_lock


def test_the_same_bytes_at_the_same_time_are_the_same_lock() -> None:
    assert presence(a_lock().ref, a_lock()) is Presence.SAME


def test_other_bytes_or_another_time_are_another_lock() -> None:
    assert presence(a_lock().ref, a_lock("s3-plan-default")) is Presence.REPLACED
    assert presence(a_lock(body=b"").ref, a_lock(body=b"", taken=TAKEN + timedelta(seconds=1))) is Presence.REPLACED


def test_no_lock_is_a_lock_gone() -> None:
    assert presence(a_lock().ref, None) is Presence.GONE


@pytest.mark.parametrize(
    ("deletion", "there_now", "outcome"),
    [
        (Deletion.DELETED, Presence.GONE, ReleaseOutcome.RELEASED),
        (Deletion.DELETED, Presence.REPLACED, ReleaseOutcome.RELEASED),
        (Deletion.NOT_FOUND, Presence.GONE, ReleaseOutcome.GONE),
        (Deletion.NOT_FOUND, Presence.REPLACED, ReleaseOutcome.REPLACED),
        (Deletion.CHANGED, Presence.REPLACED, ReleaseOutcome.REPLACED),
        (Deletion.CHANGED, Presence.GONE, ReleaseOutcome.GONE),
        (Deletion.CONFLICT, Presence.SAME, None),
        (Deletion.CONFLICT, Presence.GONE, ReleaseOutcome.GONE),
        (Deletion.UNKNOWN, Presence.SAME, None),
        (Deletion.UNKNOWN, Presence.GONE, ReleaseOutcome.UNCONFIRMED),
        (Deletion.UNKNOWN, Presence.REPLACED, ReleaseOutcome.UNCONFIRMED),
    ],
)
def test_what_an_attempt_and_a_look_amount_to(
    deletion: Deletion, there_now: Presence, outcome: ReleaseOutcome | None
) -> None:
    assert conclude(deletion, there_now) is outcome
