from datetime import timedelta

import msgspec
import pytest

from chalicelib.core.clicks.deletion import Deletion, Presence, conclude, presence
from chalicelib.core.clicks.ending import Ending, LetGoBy, Outcome, by_identity
from tests.builders import ALICE, TAKEN, a_lock


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
        (Deletion.DELETED, Presence.GONE, Outcome.RELEASED),
        (Deletion.DELETED, Presence.REPLACED, Outcome.RELEASED),
        (Deletion.NOT_FOUND, Presence.GONE, Outcome.GONE),
        (Deletion.NOT_FOUND, Presence.REPLACED, Outcome.REPLACED),
        (Deletion.CHANGED, Presence.REPLACED, Outcome.REPLACED),
        (Deletion.CHANGED, Presence.GONE, Outcome.GONE),
        (Deletion.CONFLICT, Presence.SAME, None),
        (Deletion.CONFLICT, Presence.GONE, Outcome.GONE),
        (Deletion.UNKNOWN, Presence.SAME, None),
        (Deletion.UNKNOWN, Presence.GONE, Outcome.UNCONFIRMED),
        (Deletion.UNKNOWN, Presence.REPLACED, Outcome.UNCONFIRMED),
    ],
)
def test_what_an_attempt_and_a_look_amount_to(deletion: Deletion, there_now: Presence, outcome: Outcome | None) -> None:
    assert conclude(deletion, there_now) is outcome


@pytest.mark.parametrize(
    ("taken_by", "let_go_by", "who"),
    [
        ("AWS:AROAX:ci-1", "AWS:AROAX:ci-1", LetGoBy.HOLDER),
        ("AWS:AROAX:ci-1", "AWS:AROAX:ci-2", LetGoBy.OTHER),
        ("", "AWS:AROAX:ci-1", LetGoBy.UNKNOWN),
        ("AWS:AROAX:ci-1", "", LetGoBy.UNKNOWN),
    ],
)
def test_who_let_go_is_told_by_aws_identities_and_else_unknown(taken_by: str, let_go_by: str, who: LetGoBy) -> None:
    assert by_identity(taken_by, let_go_by) is who


def test_a_lock_can_be_put_back_until_its_time_is_over_and_once() -> None:
    ending = Ending(outcome=Outcome.RELEASED, at=TAKEN, undo_until=TAKEN + timedelta(minutes=10))
    assert ending.undoable(TAKEN + timedelta(minutes=9))
    assert not ending.undoable(TAKEN + timedelta(minutes=10))
    assert not msgspec.structs.replace(ending, restored_by=ALICE).undoable(TAKEN)
    assert not msgspec.structs.replace(ending, undo_until=None).undoable(TAKEN)
