"""Put the lock back: the same lock with a mark of its own, only if nobody holds the state now, for a while."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Verb
from chalicelib.core.clicks.deletion import Deletion, LockObject, PutBack
from chalicelib.core.clicks.ending import Outcome, Refusal
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.mark import mark_of, marked, split
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.policy import Rules
from chalicelib.jobs.clicks.answer import answer
from chalicelib.jobs.clicks.delete import OutcomeUnknownError
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from chalicelib.ports.book import Written
from chalicelib.ports.locks import StoreError
from tests.book_writes import kept
from tests.builders import ALICE, BOB, BUCKET, KEY, TAKEN, a_click, a_lock, sample, some_rules
from tests.fakes.world import FakeWorld
from tests.jobs.alerts.busy_slack import BusySlack
from tests.jobs.clicks.test_release import RULES, an_alerted_world
from tests.jobs.killed import killed_after
from tests.jobs.recording import RESTORE_ROLE, an_event, record
from tests.sweeps import sweep

BOTH = some_rules(releasers=(ALICE, BOB))
PUT_BACK = a_click(a_lock(), verb=Verb.PUT_BACK)
LOCK = sample("s3-apply-default")
MARK = mark_of(PUT_BACK.click)


def a_released_world(rules: Rules = RULES) -> FakeWorld:
    world = an_alerted_world(rules)
    release(a_click(a_lock()), world.ports, rules, world.now)
    world.orders.forget()  # the end of the undo
    world.later(minutes=1)
    return world


def held(world: FakeWorld) -> HeldLock:
    lock = world.store.read(Place(Kind.S3, BUCKET, KEY))
    assert lock is not None
    return lock


def answered(world: FakeWorld) -> tuple[str, Outcome, str]:
    [(user, told)] = world.messenger.whispers
    return user, told.ending.outcome, told.ending.why


def test_the_same_lock_is_put_back_and_the_message_goes_on_with_the_lock_that_is_held() -> None:
    world = a_released_world()
    answer(PUT_BACK, world.ports, RULES, world.now)
    assert world.store.objects[BUCKET, KEY] == (marked(LOCK, MARK), world.now)
    [alert] = world.messenger.shown.values()
    assert alert.open
    assert (alert.lock, alert.lock.info) == (world.store.read(Place(Kind.S3, BUCKET, KEY)), a_lock().info)
    assert alert.page.restored_by == ALICE
    line = world.journal.lines[-1]
    assert (line.event, line.slack_user, line.lock_id[:8]) == (LineKind.LOCK_RESTORED, ALICE, "78653438")


def test_a_lock_put_back_can_be_released_again() -> None:
    world = a_released_world()
    answer(PUT_BACK, world.ports, RULES, world.now)
    release(a_click(held(world)), world.ports, RULES, world.later(minutes=1))
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert alert.ending.outcome is Outcome.RELEASED
    assert (BUCKET, KEY) not in world.store.objects


def test_a_run_that_was_alive_ends_by_itself_and_its_message_says_so() -> None:
    world = a_released_world()
    answer(PUT_BACK, world.ports, RULES, world.now)
    world.store.remove(BUCKET, KEY)
    watch(world.ports, RULES, world.later(minutes=15))
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert alert.ending.outcome is Outcome.GONE


def test_nobody_s_lock_is_overwritten() -> None:
    world = a_released_world()
    world.store.put(BUCKET, KEY, other := sample("s3-plan-default"))
    answer(PUT_BACK, world.ports, RULES, world.now)
    assert world.store.objects[BUCKET, KEY][0] == other
    assert answered(world)[:2] == (ALICE, Outcome.OCCUPIED)
    assert world.messenger.whispers[0][1].ending.held_now == a_lock("s3-plan-default", taken=world.now)


def test_a_click_delivered_again_changes_nothing_and_its_line_is_the_same_line() -> None:
    world = a_released_world()
    for _ in range(2):
        answer(PUT_BACK, world.ports, RULES, world.now)
    assert len(world.store.restored) == 1
    assert world.messenger.whispers == []
    lines = [line for line in world.journal.lines if line.event is LineKind.LOCK_RESTORED]
    assert len({line.event_id for line in lines}) == 1


@pytest.mark.parametrize("between", [True, False], ids=["while the first is put", "after it"])
def test_a_second_person_is_told_who_put_it_back_and_the_journal_has_that_name_only(between: bool) -> None:
    world = a_released_world(BOTH)
    second = a_click(a_lock(), BOB, verb=Verb.PUT_BACK)

    class Crowded(type(world.store)):  # type: ignore[misc]
        """Another click comes right after the put."""

        def put_back(self, ref: LockRef, kept: LockObject, mark: str, by: str) -> PutBack:
            put = super().put_back(ref, kept, mark, by)
            answer(second, world.ports, BOTH, world.now)
            return put  # type: ignore[no-any-return]

    if between:
        world.store.__class__ = Crowded
    answer(PUT_BACK, world.ports, BOTH, world.now)
    for click in world.orders.clicks or [second]:
        answer(click, world.ports, BOTH, world.now)
    [(user, told)] = world.messenger.whispers
    assert (user, told.ending.outcome, told.ending.user) == (BOB, Outcome.RESTORED, ALICE)
    lines = [line.slack_user for line in world.journal.lines if line.event is LineKind.LOCK_RESTORED]
    assert lines == [ALICE]


def test_a_put_whose_function_died_is_told_in_its_own_name_by_whoever_clicks_next() -> None:
    world = a_released_world(BOTH)
    killed_after(world, 4, lambda ports: answer(PUT_BACK, ports, BOTH, world.now))
    assert (BUCKET, KEY) in world.store.objects
    answer(a_click(a_lock(), BOB, verb=Verb.PUT_BACK), world.ports, BOTH, world.later(minutes=2))
    [alert] = world.messenger.shown.values()
    assert (alert.open, alert.page.restored_by) == (True, ALICE)
    assert world.messenger.whispers[0][1].ending.user == ALICE
    assert LineKind.LOCK_RESTORED not in world.journal.kinds()
    answer(PUT_BACK, world.ports, BOTH, world.later(minutes=1))
    assert [line.slack_user for line in world.journal.lines if line.event is LineKind.LOCK_RESTORED] == [ALICE]


def test_while_a_put_may_be_on_its_way_another_click_waits_for_its_end() -> None:
    world = a_released_world(BOTH)
    killed_after(world, 2, lambda ports: answer(PUT_BACK, ports, BOTH, world.now))
    second = a_click(a_lock(), BOB, verb=Verb.PUT_BACK)
    assert answer(second, world.ports, BOTH, world.now) is None
    assert (world.orders.clicks, world.orders.delays) == ([second], [timedelta(seconds=5)])
    answer(second, world.ports, BOTH, world.later(minutes=1))
    assert held(world).mark == mark_of(second.click)
    [alert] = world.messenger.shown.values()
    assert alert.page.restored_by == BOB


def test_a_put_is_never_sent_after_its_claim_is_over() -> None:
    world = a_released_world()

    class Slow(type(world.book)):  # type: ignore[misc]
        """The lock book takes half a minute to answer."""

        def write(self, transition: Transition) -> Written:
            world.later(seconds=30 if "restoring" in transition.put else 0)
            return super().write(transition)  # type: ignore[no-any-return]

    world.book.__class__ = Slow
    answer(PUT_BACK, world.ports, RULES, world.now)
    assert (BUCKET, KEY) not in world.store.objects
    assert answered(world)[1] is Outcome.FAILED


@pytest.mark.parametrize("body", [LOCK, b"", b"\x00 no JSON", b'{"ID":"x"} \t\n'], ids=range(4))
def test_what_is_put_back_never_has_the_etag_of_anything_before_it(body: bytes) -> None:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, body)
    world.book.write(telling.remember(held(world)))
    seen = []
    for number in range(4):
        seen.append(held(world))
        release(a_click(seen[-1], click=f"r{number}"), world.ports, RULES, world.later(seconds=1))
        answer(a_click(seen[-1], click=f"p{number}", verb=Verb.PUT_BACK), world.ports, RULES, world.now)
    assert len({lock.ref.stamp for lock in seen}) == 4
    assert {(lock.info, lock.flaw) for lock in seen} == {(seen[0].info, seen[0].flaw)}
    assert split(world.store.objects[BUCKET, KEY][0])[0] == body
    for lock in seen:
        assert world.store.delete(lock.ref, ALICE) is Deletion.CHANGED


def test_after_ten_minutes_it_is_too_late() -> None:
    world = a_released_world()
    answer(PUT_BACK, world.ports, RULES, world.later(minutes=9))
    assert (BUCKET, KEY) not in world.store.objects
    assert answered(world)[1:] == (Outcome.REFUSED, Refusal.TOO_LATE)


def test_where_undo_is_left_out_nothing_is_kept_and_nothing_offered() -> None:
    rules = some_rules(undo=timedelta(0))
    world = an_alerted_world(rules)
    release(a_click(a_lock()), world.ports, rules, world.now)
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert alert.ending.undo_until is None
    assert kept(world.book, a_lock().ref) is None
    answer(PUT_BACK, world.ports, rules, world.now)
    assert answered(world)[1:] == (Outcome.REFUSED, Refusal.UNDO_OFF)


def test_only_what_was_released_by_the_reaper_can_be_put_back() -> None:
    world = an_alerted_world()
    world.store.remove(BUCKET, KEY)
    watch(world.ports, RULES, world.later(minutes=1))
    answer(PUT_BACK, world.ports, RULES, world.now)
    assert (BUCKET, KEY) not in world.store.objects
    assert answered(world)[1:] == (Outcome.REFUSED, Refusal.TOO_LATE)


def test_when_the_answer_to_the_put_is_lost_a_look_tells() -> None:
    world = a_released_world()
    world.store.lost_put_replies = 1
    answer(PUT_BACK, world.ports, RULES, world.now)
    [alert] = world.messenger.shown.values()
    assert alert.open
    assert world.messenger.whispers == []


@pytest.mark.parametrize("refused", [[StoreError("putting back: access denied")], [PutBack.CONFLICT] * 3])
def test_what_s3_does_not_do_is_told_and_can_be_tried_again(refused: list[StoreError | PutBack]) -> None:
    world = a_released_world()
    world.store.put_answers = refused
    answer(PUT_BACK, world.ports, RULES, world.now)
    assert answered(world)[1] is Outcome.FAILED
    answer(a_click(a_lock(), click="2", verb=Verb.PUT_BACK), world.ports, RULES, world.now)
    assert held(world).info == a_lock().info


def test_a_put_without_an_answer_is_told_when_it_can_no_longer_arrive_and_can_be_tried_again_then() -> None:
    world = a_released_world()
    world.store.put_answers = [PutBack.UNKNOWN]
    assert answer(PUT_BACK, world.ports, RULES, world.now) is None
    assert (world.orders.clicks, world.messenger.whispers) == ([PUT_BACK], [])
    answer(PUT_BACK, world.ports, RULES, world.later(minutes=1))
    assert answered(world)[1] is Outcome.FAILED
    answer(a_click(a_lock(), click="2", verb=Verb.PUT_BACK), world.ports, RULES, world.now)
    assert held(world).info == a_lock().info


def test_a_put_that_met_a_conflict_is_tried_again() -> None:
    world = a_released_world()
    world.store.put_answers = [PutBack.CONFLICT]
    answer(PUT_BACK, world.ports, RULES, world.now)
    assert held(world).info == a_lock().info


def test_who_may_not_release_may_not_put_back() -> None:
    world = a_released_world()
    answer(a_click(a_lock(), BOB, verb=Verb.PUT_BACK), world.ports, RULES, world.now)
    assert (BUCKET, KEY) not in world.store.objects
    assert answered(world)[1:] == (Outcome.REFUSED, Refusal.NOT_LISTED)


def test_a_late_click_on_release_says_that_it_was_put_back_and_leaves_the_message_alone() -> None:
    world = a_released_world()
    answer(PUT_BACK, world.ports, RULES, world.now)
    shown = dict(world.messenger.shown)
    release(a_click(a_lock(), click="2"), world.ports, RULES, world.now)
    assert world.messenger.shown == shown
    assert world.messenger.whispers[0][1].ending.restored_by == ALICE
    assert (BUCKET, KEY) in world.store.objects


def test_the_event_of_the_put_names_the_person_behind_it_however_early_it_comes() -> None:
    world = a_released_world()

    class Telling(type(world.store)):  # type: ignore[misc]
        """S3's event is recorded before the put has its answer."""

        def put_back(self, ref: LockRef, kept: LockObject, mark: str, by: str) -> PutBack:
            answer = super().put_back(ref, kept, mark, by)
            event = LockEvent(
                acquired=True, place=Place(Kind.S3, BUCKET, KEY), at=world.now, principal=f"AWS:{RESTORE_ROLE}:reaper"
            )
            record(world, event)
            return answer  # type: ignore[no-any-return]

    world.store.__class__ = Telling
    answer(PUT_BACK, world.ports, RULES, world.now)
    acquired = [line for line in world.journal.lines if line.event is LineKind.LOCK_ACQUIRED]
    assert [line.slack_user for line in acquired] == [ALICE]


def test_after_a_put_back_the_levels_begin_anew() -> None:
    rules = some_rules(mentions={1: (ALICE,), 2: (BOB,)})
    world = an_alerted_world(rules)
    watch(world.ports, rules, world.later(days=2))
    release(a_click(a_lock()), world.ports, rules, world.now)
    answer(PUT_BACK, world.ports, rules, world.later(minutes=1))
    world.messenger.replies.clear()
    for _ in range(3):
        watch(world.ports, rules, world.later(hours=1))
    assert [reply.called for reply in world.messenger.replies.values()] == [(ALICE,)]
    for _ in range(3):
        watch(world.ports, rules, world.later(hours=8))
    assert [reply.called for reply in world.messenger.replies.values()] == [(ALICE,), (BOB,)]


@pytest.mark.parametrize("failing", ["the look", "the book"])
def test_a_put_that_could_not_be_looked_after_is_told_truly_when_the_click_comes_again(failing: str) -> None:
    world = a_released_world()

    class Failing(type(world.store)):  # type: ignore[misc]
        """S3 or the book fails right after the put."""

        def put_back(self, ref: LockRef, kept: LockObject, mark: str, by: str) -> PutBack:
            world.book.down = failing == "the book"
            self.keys_failing.update({KEY} if failing == "the look" else ())
            return super().put_back(ref, kept, mark, by)  # type: ignore[no-any-return]

    world.store.__class__ = Failing
    with pytest.raises(OutcomeUnknownError):
        answer(PUT_BACK, world.ports, RULES, world.now)
    world.book.down = False
    world.store.keys_failing.clear()
    answer(PUT_BACK, world.ports, RULES, world.later(minutes=30))
    [alert] = world.messenger.shown.values()
    assert alert.open
    assert len(world.store.restored) == 1


def test_what_was_put_back_and_let_go_at_once_is_said_so_and_not_put_back_again() -> None:
    world = a_released_world()

    class Ending(type(world.store)):  # type: ignore[misc]
        """The run ends and lets its lock go as soon as it is there again."""

        def put_back(self, ref: LockRef, kept: LockObject, mark: str, by: str) -> PutBack:
            answer = super().put_back(ref, kept, mark, by)
            self.remove(BUCKET, KEY)
            return answer  # type: ignore[no-any-return]

    world.store.__class__ = Ending
    for click in ("1", "2"):
        answer(a_click(a_lock(), click=click, verb=Verb.PUT_BACK), world.ports, RULES, world.now)
    assert len(world.store.restored) == 1
    assert {told.ending.outcome for _, told in world.messenger.whispers} == {Outcome.RESTORED}
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert alert.ending.restored_by == ALICE


@pytest.mark.parametrize("principal", [f"AWS:{RESTORE_ROLE}:reaper", "AWS:AROAMEMBER:restore-U0ALICE"])
def test_the_event_of_the_put_names_the_person_behind_it_however_late_it_comes(principal: str) -> None:
    """In another account the reaper is known by the name of its session."""
    world = a_released_world()
    answer(PUT_BACK, world.ports, RULES, world.now)
    event = an_event(world.now, acquired=True, principal=principal)
    for _ in range(2):
        record(world, event)
    acquired = [line for line in world.journal.lines if line.event is LineKind.LOCK_ACQUIRED]
    assert [line.slack_user for line in acquired] == [ALICE]


def test_a_message_written_late_for_a_lock_that_was_put_back_meanwhile_is_put_right() -> None:
    rules = some_rules(releasers=(ALICE, BOB), second_person=True)
    slack = BusySlack()
    world = FakeWorld(TAKEN, messenger=slack)
    world.store.put(BUCKET, KEY, LOCK)
    sweep(rules.targets[0], world.ports, rules, world.later(hours=2))

    def all_the_rest() -> None:
        release(a_click(a_lock(), BOB), world.ports, rules, world.now)
        answer(PUT_BACK, world.ports, rules, world.later(minutes=1))
        world.store.remove(BUCKET, KEY)
        watch(world.ports, rules, world.later(minutes=15))

    slack.before = [all_the_rest]
    release(a_click(a_lock()), world.ports, rules, world.now)
    [alert] = slack.shown.values()
    assert alert.lock.mark == MARK
    assert alert.ending
    assert alert.ending.outcome is Outcome.GONE


def test_a_copy_of_a_lock_that_was_put_back_is_not_the_put_of_the_same_person() -> None:
    """Its mark is copied too, and EventBridge names nobody."""
    world = a_released_world()
    answer(PUT_BACK, world.ports, RULES, world.now)
    put, copied = world.now, world.store.objects[BUCKET, KEY][0]
    record(world, an_event(put, acquired=True, principal=""))
    world.store.remove(BUCKET, KEY)
    world.later(hours=1)
    version = world.store.put(BUCKET, KEY, copied)
    record(world, an_event(world.now, version, acquired=True, principal=""))
    told = [line.slack_user for line in world.journal.lines if line.event is LineKind.LOCK_ACQUIRED]
    assert told == [ALICE, ""]
    answer(PUT_BACK, world.ports, RULES, world.later(minutes=1))
    copy = world.book.find(held(world).ref)
    assert copy
    assert copy.restored_by == ""


def test_a_release_that_fails_while_the_lock_is_put_back_never_shows_the_old_lock_as_held() -> None:
    world = an_alerted_world(BOTH)
    store, slack = type(world.store), type(world.messenger)
    written: list[tuple[LockRef, bool]] = []

    class Noting(slack):  # type: ignore[misc, valid-type]
        def edit(self, posted: Any, alert: Any) -> None:
            super().edit(posted, alert)
            written.append((alert.lock.ref, alert.open))

    class Slow(store):  # type: ignore[misc, valid-type]
        """While one release waits for S3, somebody else's releases the lock, and it is put back."""

        def read(self, place: Place, version: str = "") -> HeldLock | None:
            world.store.__class__ = store
            release(a_click(a_lock()), world.ports, BOTH, world.now)
            answer(PUT_BACK, world.ports, BOTH, world.later(seconds=30))
            written.clear()
            raise StoreError("no answer")

    world.messenger.__class__, world.store.__class__ = Noting, Slow
    release(a_click(a_lock(), BOB, click="2"), world.ports, BOTH, world.now)
    assert (a_lock().ref, True) not in written
    assert world.messenger.whispers[-1][1].ending.outcome is Outcome.FAILED


def test_a_message_that_was_written_too_late_is_written_again_as_the_lock_that_was_put_back() -> None:
    world = a_released_world(BOTH)

    class Slow(type(world.messenger)):  # type: ignore[misc]
        """The lock is put back while a second click on Release writes how it ended."""

        def edit(self, posted: Posted, alert: Alert) -> None:
            if alert.ending and alert.ending.outcome is Outcome.RELEASED and not world.store.restored:
                answer(PUT_BACK, world.ports, BOTH, world.now)
            super().edit(posted, alert)

    world.messenger.__class__ = Slow
    release(a_click(a_lock(), BOB), world.ports, BOTH, world.now)
    [alert] = world.messenger.shown.values()
    assert (alert.open, alert.lock) == (True, held(world))
