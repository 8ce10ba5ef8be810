from datetime import timedelta

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.event_line import of_acquire, of_release
from chalicelib.core.audit.hold import EndedHold
from chalicelib.core.audit.line import LineKind, of_click, of_lock
from chalicelib.core.clicks.ending import Ending, LetGoBy, Outcome
from chalicelib.core.clicks.order import AutoRelease, OperatorRelease
from chalicelib.core.locks.place import Kind, Place
from tests.builders import ALICE, BOB, BUCKET, KEY, OPERATOR, TAKEN, a_click, a_lock


def line(written: object) -> dict[str, object]:
    return dict(msgspec.json.decode(msgspec.json.encode(written)))


def test_a_line_has_only_what_is_known() -> None:
    event = LockEvent(acquired=True, place=Place(Kind.S3, BUCKET, KEY), at=TAKEN)
    assert line(of_acquire(event, None, "")) == {
        "event": "lock_acquired",
        "time": "2026-11-21T03:18:57Z",
        "event_id": event.event_id,
        "state_path": "acme-tfstate/prod/network/terraform.tfstate",
        "address": "s3://acme-tfstate/prod/network/terraform.tfstate.tflock",
        "acquired_at": "2026-11-21T03:18:57Z",
        "told_by": "s3",
        "incomplete": True,
    }


def test_a_line_about_an_unreadable_lock_says_what_is_wrong_with_it() -> None:
    assert line(of_lock(LineKind.ALERT_POSTED, a_lock(body=b""), TAKEN))["flaw"] == "is empty"


def test_what_a_client_wrote_and_what_iam_knows_are_two_fields() -> None:
    event = LockEvent(acquired=True, place=Place(Kind.S3, BUCKET, KEY), at=TAKEN, principal="AWS:AIDAEXAMPLE")
    told = line(of_acquire(event, a_lock(), ""))
    assert (told["who"], told["principal"]) == ("root@vm", "AWS:AIDAEXAMPLE")


def test_the_line_of_a_release_has_the_hold_that_it_ended() -> None:
    released = LockEvent(acquired=False, place=Place(Kind.S3, BUCKET, KEY), at=TAKEN + timedelta(milliseconds=90_250))
    told = line(of_release(released, EndedHold(since=TAKEN, lock=a_lock()), LetGoBy.HOLDER))
    assert (told["acquired_at"], told["held_seconds"]) == ("2026-11-21T03:18:57Z", 90.25)
    assert (told["released_by"], told["operation"], told["who"]) == ("holder", "OperationTypeApply", "root@vm")


def test_a_click_delivered_again_gives_the_line_of_the_same_id_and_another_click_another() -> None:
    later = TAKEN + timedelta(minutes=3)
    asked, again, other = (
        of_click(LineKind.RELEASE_REQUESTED, a_click(a_lock(), click=click), a_lock(), time).event_id
        for click, time in (("1", TAKEN), ("1", later), ("2", TAKEN))
    )
    assert asked == again != other


def test_a_message_that_is_found_later_gives_the_line_of_the_same_id() -> None:
    told, found = (
        of_lock(LineKind.ALERT_POSTED, a_lock(), TAKEN + timedelta(minutes=minutes), message_ts="1.1").event_id
        for minutes in (0, 15)
    )
    assert told == found


def test_a_release_of_which_no_hold_is_known_says_so() -> None:
    released = LockEvent(acquired=False, place=Place(Kind.S3, BUCKET, KEY), at=TAKEN)
    told = line(of_release(released, None, LetGoBy.UNKNOWN))
    assert (told["incomplete"], told["released_by"]) == (True, "unknown")
    assert told["detail"] == "no lock is known that this release ended"
    assert not {"held_seconds", "acquired_at", "who", "slack_user"} & told.keys()


def test_each_thing_said_of_each_lock_at_each_time_is_a_line_of_its_own() -> None:
    lines = [
        of_lock(event, lock, time, **others).event_id
        for event in (LineKind.ALERT_POSTED, LineKind.ALERT_RAISED)
        for lock in (a_lock(), a_lock(key="other.tflock"))
        for time, others in ((TAKEN, {}), (TAKEN + timedelta(seconds=1), {}), (TAKEN, {"message_ts": "1.1"}))
    ]
    assert len(set(lines)) == len(lines) == 12


def test_whoever_asked_in_slack_is_not_named_for_what_somebody_else_let_go() -> None:
    released = LockEvent(acquired=False, place=Place(Kind.S3, BUCKET, KEY), at=TAKEN)
    page = Page(lock=a_lock(), ending=Ending(outcome=Outcome.RELEASED, at=TAKEN, user=ALICE, approved=BOB))

    def told(kind: LetGoBy, page: Page | None = page) -> dict[str, object]:
        return line(of_release(released, EndedHold(since=TAKEN, lock=a_lock(), page=page), kind))

    clicked = told(LetGoBy.SLACK)
    assert (clicked["slack_user"], clicked["asked_by"]) == (ALICE, BOB)
    for kind in set(LetGoBy) - {LetGoBy.SLACK}:
        assert not {"slack_user", "asked_by"} & told(kind).keys()
        assert told(kind).get("by_reaper", False) == (kind is LetGoBy.REAPER)
    assert not {"slack_user", "asked_by", "by_reaper"} & told(LetGoBy.SLACK, None).keys()


def test_an_operator_is_named_by_their_aws_identity_and_never_as_somebody_in_slack() -> None:
    released = LockEvent(acquired=False, place=Place(Kind.S3, BUCKET, KEY), at=TAKEN)
    ending = Ending(outcome=Outcome.RELEASED, at=TAKEN, user=OPERATOR, approved=BOB)
    hold = EndedHold(since=TAKEN, lock=a_lock(), page=Page(lock=a_lock(), ending=ending))
    told = line(of_release(released, hold, LetGoBy.OPERATOR))
    assert (told["operator"], told["asked_by"], told["released_by"]) == (OPERATOR, BOB, "operator")
    assert "slack_user" not in told
    order = OperatorRelease(lock=a_lock().ref, user=OPERATOR, click="1")
    told = line(of_click(LineKind.RELEASE_REQUESTED, order, a_lock(), TAKEN))
    assert told["operator"] == OPERATOR
    assert not {"slack_user", "channel", "message_ts", "by_reaper"} & told.keys()


def test_what_the_reaper_wants_by_itself_has_no_click_and_is_told_apart_by_its_time() -> None:
    order = AutoRelease(lock=a_lock().ref)
    lines = [of_click(LineKind.RELEASE_REQUESTED, order, a_lock(), TAKEN + timedelta(hours=hour)) for hour in (0, 1)]
    assert len({line.event_id for line in lines}) == 2
    assert [line.by_reaper for line in lines] == [True, True]


def test_of_a_lock_that_could_not_be_read_again_a_click_s_line_has_its_place() -> None:
    read, unread = (
        line(of_click(LineKind.RELEASE_REQUESTED, a_click(a_lock()), lock, TAKEN)) for lock in (a_lock(), None)
    )
    assert read["state_path"] == unread["state_path"] == a_lock().ref.state_path
    assert read["etag"] == unread["etag"] == a_lock().ref.stamp
    assert (read["who"], "who" in unread) == ("root@vm", False)
