"""How an ending's outcome, and a click's, decide what is said of them."""

from datetime import timedelta

import pytest

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.hold import EndedHold, who_let_go
from chalicelib.core.audit.line import LineKind, of_click
from chalicelib.core.clicks.click import Verb
from chalicelib.core.clicks.ending import REAPER, Ending, LetGoBy, Outcome
from chalicelib.core.locks.place import Kind, Place
from tests.builders import ALICE, BUCKET, KEY, TAKEN, a_click, a_lock

ROLE = "AROARELEASE"
OURS = f"AWS:{ROLE}:tflock-release"
MAY_HAVE_DELETED = {Outcome.RELEASED, Outcome.UNCONFIRMED}
LATER = TAKEN + timedelta(minutes=3)


def kind(ending: Ending, principal: str) -> LetGoBy:
    release = LockEvent(acquired=False, place=Place(Kind.S3, BUCKET, KEY), at=LATER, principal=principal)
    page = Page(lock=a_lock(), ending=ending)
    return who_let_go(release, EndedHold(since=TAKEN, lock=a_lock(), page=page, taken_by="AWS:AIDAEXAMPLE"), ROLE)


@pytest.mark.parametrize("outcome", Outcome)
def test_a_release_is_the_reaper_s_own_only_where_its_delete_did_it_or_may_have(outcome: Outcome) -> None:
    ending = Ending(outcome=outcome, at=LATER, user=REAPER, by_reaper=True)
    assert (kind(ending, OURS) is LetGoBy.REAPER) == (outcome in MAY_HAVE_DELETED)


@pytest.mark.parametrize(
    ("principal", "who"),
    [
        ("AWS:AROAMEMBER:release-U0ALICE", LetGoBy.SLACK),
        ("AWS:AROAMEMBER:look-sweep", LetGoBy.OTHER),
        ("AWS:AROAMEMBER:U0ALICE", LetGoBy.OTHER),
        ("AWS:AIDARELEASE", LetGoBy.OTHER),
    ],
)
def test_in_another_account_the_reaper_is_known_by_the_name_of_its_session(principal: str, who: LetGoBy) -> None:
    for outcome in MAY_HAVE_DELETED:
        assert kind(Ending(outcome=outcome, at=LATER, user=ALICE), principal) is who


@pytest.mark.parametrize("outcome", [one for one in Outcome if one not in MAY_HAVE_DELETED])
def test_the_name_of_a_session_proves_nothing_where_the_reaper_s_delete_came_to_nothing(outcome: Outcome) -> None:
    ending = Ending(outcome=outcome, at=LATER, user=ALICE)
    assert kind(ending, "AWS:AROAMEMBER:release-U0ALICE") is LetGoBy.OTHER


@pytest.mark.parametrize("outcome", [one for one in Outcome if one not in MAY_HAVE_DELETED])
@pytest.mark.parametrize(("user", "by_reaper"), [(REAPER, True), (ALICE, False)])
def test_a_delete_that_came_to_nothing_let_no_lock_go(outcome: Outcome, user: str, by_reaper: bool) -> None:
    ending = Ending(outcome=outcome, at=LATER, user=user, by_reaper=by_reaper)
    assert kind(ending, "") is LetGoBy.UNKNOWN


def test_each_outcome_of_one_click_is_a_line_of_its_own_and_the_same_outcome_the_same_line() -> None:
    click = a_click(a_lock(), verb=Verb.RELEASE)

    def line_ids() -> list[str]:
        endings = [Ending(outcome=outcome, at=TAKEN, user=ALICE) for outcome in Outcome]
        lines = (of_click(LineKind.RELEASE_ANSWERED, click, a_lock(), TAKEN, ending) for ending in (None, *endings))
        return [line.event_id for line in lines]

    assert len(set(line_ids())) == 1 + len(Outcome)
    assert line_ids() == line_ids()


def test_what_is_said_of_one_click_on_two_locks_or_in_two_events_are_two_lines() -> None:
    other = a_lock(key="other.tflock")
    lines = {
        of_click(event, a_click(lock), lock, TAKEN).event_id
        for event in (LineKind.RELEASE_REQUESTED, LineKind.RELEASE_REFUSED)
        for lock in (a_lock(), other)
    }
    assert len(lines) == 4


@pytest.mark.parametrize("outcome", Outcome)
def test_only_what_ends_a_lock_closes_its_alert(outcome: Outcome) -> None:
    ends = {"released", "unconfirmed", "gone", "replaced", "unwatched", "container_gone"}
    assert Ending(outcome=outcome, at=TAKEN).closes == (outcome.value in ends)


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize(("by_reaper", "who"), [(True, REAPER), (False, ALICE)])
def test_a_lock_was_deleted_for_somebody_only_where_a_delete_did_it_or_may_have(
    outcome: Outcome, by_reaper: bool, who: str
) -> None:
    ending = Ending(outcome=outcome, at=TAKEN, user=ALICE, by_reaper=by_reaper)
    assert ending.deleter == (who if outcome in MAY_HAVE_DELETED else "")
