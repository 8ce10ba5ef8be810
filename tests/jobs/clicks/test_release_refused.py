import pytest

from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Person, Whisper
from chalicelib.core.clicks.ending import Outcome, Refusal
from chalicelib.core.joint.click import JointAnswer
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.policy import Rules
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from chalicelib.ports.book import BookError, Written
from chalicelib.ports.locks import StoreError, StoreRefusedError
from tests.builders import ALICE, BOB, BUCKET, KEY, STATE_KEY, TAKEN, a_click, a_lock, a_ref, some_rules
from tests.fakes.book import FakeBook
from tests.fakes.slack import FakeMessenger
from tests.fakes.world import FakeWorld
from tests.jobs.clicks.test_release import RULES, an_alerted_world, outcome_shown


@pytest.mark.parametrize(
    ("rules", "user", "team", "why"),
    [
        (some_rules(releasers=()), ALICE, "T0DEMO", Refusal.NOBODY),
        (some_rules(releasers=(ALICE,)), BOB, "T0DEMO", Refusal.NOT_LISTED),
        (some_rules(releasers=("*",)), ALICE, "T0FOREIGN", Refusal.FOREIGN),
        (some_rules(releasers=("*",), prefixes=("staging/",)), ALICE, "T0DEMO", Refusal.OUTSIDE),
    ],
)
def test_a_click_that_is_not_allowed_deletes_nothing_and_is_answered_privately(
    rules: Rules, user: str, team: str, why: Refusal
) -> None:
    world = an_alerted_world()
    release(a_click(a_lock(), user=user, user_team=team), world.ports, rules, world.now)
    assert world.store.deleted == []
    [(clicker, told)] = world.messenger.whispers
    assert (clicker, told.ending.outcome, told.ending.refusal) == (user, Outcome.REFUSED, why)
    assert world.journal.lines[-1].event is LineKind.RELEASE_REFUSED


def test_a_refused_member_is_told_whom_to_ask_and_the_message_says_that_somebody_asked() -> None:
    world = an_alerted_world()
    release(a_click(a_lock(), user=BOB), world.ports, RULES, world.now)
    assert world.messenger.whispers[0][1].releasers == (ALICE,)
    assert outcome_shown(world) is Outcome.REFUSED


def test_who_was_refused_stays_in_the_message_whatever_it_says_later() -> None:
    world = an_alerted_world()
    for user in (BOB, "U0CAROL", BOB):
        release(a_click(a_lock(), user=user), world.ports, RULES, world.now)
    world.store.put(BUCKET, STATE_KEY, b"written since")
    watch(world.ports, RULES, world.later(hours=1))
    [alert] = world.messenger.shown.values()
    assert alert.ending is None
    assert alert.page.refused == frozenset({BOB, "U0CAROL"})


def test_without_the_book_a_refusal_is_answered_all_the_same() -> None:
    world = an_alerted_world()

    class Forgetful(FakeBook):
        def write(self, transition: Transition) -> Written:
            if "refused" in transition.add:
                raise BookError(f"{transition.ref.place.key}: the lock book could not be reached")
            return super().write(transition)

    world.book = Forgetful(stored=world.book.stored)
    release(a_click(a_lock(), user=BOB), world.ports, RULES, world.now)
    [alert] = world.messenger.shown.values()
    assert len(world.messenger.whispers) == 1
    assert alert.page.refused == frozenset({BOB})


def test_a_star_must_be_written_to_let_everyone_of_the_workspace_release() -> None:
    world = an_alerted_world()
    release(a_click(a_lock(), user=BOB), world.ports, some_rules(releasers=("*",)), world.now)
    assert outcome_shown(world) is Outcome.RELEASED


@pytest.mark.parametrize("key", ["prod/network/terraform.tfstate", ".tflock", ""])
def test_a_click_that_names_no_lock_deletes_nothing(key: str) -> None:
    world = an_alerted_world()
    world.store.put(BUCKET, key, b"state")
    ref = a_ref(key, b"state", world.now)
    release(a_click(ref), world.ports, RULES, world.now)
    assert world.store.deleted == []
    assert world.messenger.whispers[0][1].ending.refusal is Refusal.OUTSIDE


def test_a_click_naming_another_bucket_s_lock_deletes_nothing() -> None:
    world = an_alerted_world()
    world.store.put("somebody-elses", KEY, b"{}")
    release(a_click(LockRef(Place(Kind.S3, "somebody-elses", KEY), '"e"', world.now)), world.ports, RULES, world.now)
    assert world.store.deleted == []


def test_a_lock_released_while_somebody_else_is_refused_reads_released_in_the_end() -> None:
    world = an_alerted_world()

    class Slow(FakeMessenger):
        """While Bob is told that he may not, Alice releases the lock."""

        def whisper(self, person: Person, whisper: Whisper | JointAnswer) -> None:
            super().whisper(person, whisper)
            release(a_click(a_lock()), world.ports, RULES, world.now)

    world.messenger = Slow(shown=world.messenger.shown)
    release(a_click(a_lock(), user=BOB), world.ports, RULES, world.now)
    assert outcome_shown(world) is Outcome.RELEASED


def test_a_state_whose_key_ends_like_a_lock_s_is_never_released() -> None:
    key, body = "prod/x.tflock", b'{"version":4,"terraform_version":"1.11.4","lineage":"..."}'
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, key, body)
    release(a_click(a_ref(key, body)), world.ports, RULES, world.now)
    assert world.store.deleted == []
    assert (BUCKET, key) in world.store.objects


@pytest.mark.parametrize(
    ("error", "lasting"), [(StoreRefusedError("access denied"), True), (StoreError("slow"), False)]
)
def test_a_release_that_fails_says_whether_another_click_can_do_better(error: StoreError, lasting: bool) -> None:
    world = an_alerted_world()
    world.store.answers = [error]
    ending = release(a_click(a_lock()), world.ports, RULES, world.now)
    assert ending is not None
    assert (ending.outcome, ending.lasting) == (Outcome.FAILED, lasting)


def test_a_release_in_a_bucket_that_is_gone_closes_the_alert_as_that() -> None:
    world = an_alerted_world()
    world.store.buckets_gone.add(BUCKET)
    release(a_click(a_lock()), world.ports, RULES, world.now)
    assert outcome_shown(world) is Outcome.CONTAINER_GONE
    [alert] = world.messenger.shown.values()
    assert not alert.open
