"""What is said of a lock in a table, of a lock in two places, and of other locks on the same state."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.alerts.alert import Alert, alert_for
from chalicelib.core.alerts.life import may_auto_release
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.click import Verb, Whisper
from chalicelib.core.clicks.ending import REAPER, Ending, HalfEnding, Outcome
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import NO_TIME, TRAITS, Clock, Kind, LockRef, Place
from chalicelib.core.locks.state_lock import Half
from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.slack.words import halves
from chalicelib.slack.words.messages import message
from chalicelib.slack.words.parts import buttons
from chalicelib.slack.words.parts.text import local_time, since
from chalicelib.slack.words.whispers import whispered
from tests.builders import ALICE, BOB, STATE_PATH, TABLE, TAKEN, a_lock, a_policy, a_table_lock, an_item, sample
from tests.slack.reading import FOREIGN, INFOS, assert_slack_takes, elements, s3_takes, words
from tests.slack.table_locks import lock_in_table, sample_item

NOW = TAKEN + timedelta(hours=3)
CREATED = TAKEN.replace(second=57)
DUAL_KEY = "both/app.tfstate"
DUAL_ITEM = lock_in_table(sample_item("dual-dynamodb-lock-item"))
DUAL_S3 = a_lock("dual-s3", key=f"{DUAL_KEY}.tflock")
BOTH = (Half(DUAL_ITEM.ref), Half(DUAL_S3.ref))
ONLY_S3 = (Half(DUAL_ITEM.ref, held=False), Half(DUAL_S3.ref))
ONLY_TABLE = (Half(DUAL_ITEM.ref), Half(DUAL_S3.ref, held=False))
NO_TIME_LOCK = a_table_lock(body=b"")
PLAN = a_lock("s3-plan-default")
OTHER_APPLY = a_lock(body=sample("s3-apply-default").replace(b'"ID":"', b'"ID":"other-'))
IN_TABLE = f"in DynamoDB table `{TABLE}`"


def an_alert(
    lock: HeldLock, ending: Ending | None = None, undo: timedelta = timedelta(minutes=10), **page: Any
) -> Alert:
    alert = alert_for(Page(lock=lock, **page), a_policy(**page.pop("policy", {})), NOW, None, ending)
    return msgspec.structs.replace(alert, undo=undo)


def an_end(outcome: Outcome, *halves: HalfEnding, **others: Any) -> Ending:
    return Ending(outcome=outcome, at=NOW, **{"user": ALICE, "halves": halves} | others)


def half(
    lock: HeldLock, outcome: Outcome, detail: str = "", held_now: HeldLock | None = None, by: str = ""
) -> HalfEnding:
    return HalfEnding(lock.ref.place, outcome, detail, held_now, by)


def answer(ending: Ending, verb: Verb = Verb.RELEASE) -> str:
    return whispered(Whisper(verb=verb, ending=ending, state_path=STATE_PATH), ALICE)


def dialog(**page: Any) -> str:
    return str(buttons.release(Page(**page))["confirm"]["text"]["text"])


def test_the_genuine_halves_of_a_dual_lock_are_one_holder() -> None:
    assert DUAL_ITEM.info == DUAL_S3.info
    assert DUAL_ITEM.ref.state_path == DUAL_S3.ref.state_path


def test_a_lock_in_a_table_says_which_and_whose_clock_its_age_is_by() -> None:
    lock = lock_in_table(sample_item("ddb-only-dynamodb-lock-item"))
    said = words(an_alert(lock))
    assert "`acme-tfstate/legacy/app.tfstate`" in said
    assert f"Locked {IN_TABLE}." in said
    assert f"Held since {since(lock.ref.since)}, by the clock of the machine that took it." in said
    assert message(an_alert(lock))[0].endswith(f"`acme-tfstate/legacy/app.tfstate`, {IN_TABLE}")


def test_a_table_in_another_region_is_named_with_it() -> None:
    assert f"Locked {IN_TABLE} (`eu-west-1`)." in words(an_alert(a_table_lock(region="eu-west-1")))


def test_the_time_of_a_table_s_lock_that_an_event_told_is_aws_s_and_needs_no_words() -> None:
    told = words(an_alert(a_table_lock(), acquired_at=TAKEN))
    assert f"Held since {since(TAKEN)}." in told
    assert "clock" not in told


@pytest.mark.parametrize("known", [{"seen_at": TAKEN}, {"lock": a_table_lock(), "seen_at": TAKEN - timedelta(days=1)}])
def test_a_lock_that_does_not_say_since_when_or_says_a_time_to_come_is_told_by_its_first_sight(known: Any) -> None:
    alert = an_alert(**{"lock": NO_TIME_LOCK} | known)
    assert alert.page.clock is Clock.REAPER
    assert f"First seen {since(alert.page.held_since)}. Nothing tells when it was taken." in words(alert)
    assert "1970" not in words(alert)


def test_how_long_a_lock_was_held_is_no_more_exact_than_its_time() -> None:
    gone = an_end(Outcome.GONE, user="")
    assert "gone after at least 3 h" in words(an_alert(NO_TIME_LOCK, gone, seen_at=TAKEN))
    assert "at least" not in words(an_alert(a_table_lock(), gone))


def test_a_lock_in_s3_alone_reads_as_if_there_were_no_tables() -> None:
    said = words(an_alert(a_lock()))
    for word in ("DynamoDB", "table", "Locked", "clock", "half", "another"):
        assert word not in said


def test_a_lock_in_two_places_is_one_alert_that_names_both_and_the_order_of_their_release() -> None:
    said = words(an_alert(DUAL_S3, halves=BOTH))
    assert f"One run holds it in 2 places: {IN_TABLE} and in S3. Release takes both, in this order." in said
    assert "gone" not in said
    assert "clock" not in said


def test_of_three_halves_release_takes_all() -> None:
    third = Half(a_table_lock(region="eu-west-1").ref)
    alert = an_alert(DUAL_S3, halves=(*BOTH, third))
    assert "Release takes all, in this order." in words(alert)
    assert halves.in_dialog(alert.page) == "It is released in all places."


def test_nothing_is_said_of_a_release_that_is_not_on_offer() -> None:
    digest = lock_in_table({**an_item(), "Digest": {"S": "1a350cba57b33e854fe37027140ed666"}})
    alert = an_alert(digest, halves=(Half(digest.ref), Half(a_lock().ref)))
    assert "Release takes" not in words(alert)
    assert "release_lock" not in elements(message(alert)[1])


@pytest.mark.parametrize(
    ("known", "gone", "left"), [(ONLY_TABLE, "in S3", IN_TABLE), (ONLY_S3, IN_TABLE, "in S3")], ids=["table", "S3"]
)
def test_a_half_that_is_gone_is_told_with_whom_the_other_one_stops(known: Any, gone: str, left: str) -> None:
    said = words(an_alert(DUAL_S3, halves=known))
    assert f"*Half of this lock is gone:* the one {gone}. Runs that lock {left} still stop there; runs that " in said
    assert f"lock only {gone} start all the same." in said
    assert f"Locked {left}." in said
    assert "2 places" not in said


def test_another_run_in_the_place_of_a_half_is_not_said_to_let_runs_start() -> None:
    other = msgspec.structs.replace(OTHER_APPLY, ref=msgspec.structs.replace(DUAL_S3.ref, stamp="other"))
    said = words(an_alert(DUAL_ITEM, halves=ONLY_TABLE, rivals=(other,)))
    assert "*Half of this lock is gone:* the one in S3, where another lock is now." in said
    assert "start all the same" not in said


def test_another_holder_is_named_with_place_operation_id_and_time_and_keeps_its_own_release() -> None:
    said = words(an_alert(a_table_lock(), rivals=(OTHER_APPLY,)))
    assert (
        "*Another run holds this state too.* They do not see each other, so they may write it at the same time." in said
    )
    assert "• in S3: `root@vm` (apply or destroy, lock ID `other-78653438-8ad9-5195-0db7-201620792a67`), since " in said
    assert f"since {local_time(TAKEN)}." in said
    assert "*Release here does not touch that lock.* It has its own Release" in said


def test_the_alerts_of_two_holders_of_one_state_are_told_apart_by_their_places() -> None:
    of_table, of_s3 = an_alert(a_table_lock(), rivals=(PLAN,)), an_alert(PLAN, rivals=(a_table_lock(),))
    assert message(of_table)[0].endswith(f"`{STATE_PATH}`, {IN_TABLE}")
    assert message(of_s3)[0].endswith(f"`{STATE_PATH}`, in S3")
    assert f"Locked {IN_TABLE}." in words(of_table)
    assert "Locked in S3." in words(of_s3)
    assert f"• {IN_TABLE}: `root@vm` (apply or destroy" in words(of_s3)
    assert f"since {local_time(CREATED)} by the clock of its machine." in words(of_s3)


def test_a_plan_is_not_said_to_write() -> None:
    assert "write it at the same time" not in words(an_alert(a_table_lock(), rivals=(PLAN,)))
    assert "write it at the same time" not in words(an_alert(PLAN, rivals=(a_table_lock(),)))


def test_a_lock_that_names_nobody_may_be_the_same_run_s() -> None:
    empty = a_lock(body=b"")
    for lock, rival in ((a_table_lock(), empty), (NO_TIME_LOCK, a_lock()), (a_table_lock(), a_lock(body=b"{}"))):
        said = words(an_alert(lock, rivals=(rival,)))
        assert "*This state has another lock too.* Whether it is the same run's cannot be told." in said
        assert "Another run" not in said
    assert f"• in S3: another lock, which is empty, since {local_time(TAKEN)}." in words(
        an_alert(a_table_lock(), rivals=(empty,))
    )


def test_of_many_other_holders_two_are_named() -> None:
    rivals = tuple(
        msgspec.structs.replace(OTHER_APPLY, ref=msgspec.structs.replace(OTHER_APPLY.ref, stamp=str(number)))
        for number in range(5)
    )
    said = words(an_alert(a_table_lock(), rivals=rivals))
    assert said.count("• in S3") == 2
    assert "• and 3 more." in said


def test_no_release_by_itself_is_announced_beside_another_holder() -> None:
    for rivals, said in (((), True), ((a_table_lock(),), False)):
        alert = alert_for(Page(lock=PLAN, rivals=rivals), a_policy(auto_release=timedelta(hours=6)), NOW, None)
        assert ("releases it by itself" in words(alert)) is said
        posted = msgspec.structs.replace(alert.page, posted=None)
        assert not may_auto_release(posted, alert.policy, NOW)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ({"lock": DUAL_S3, "halves": BOTH}, "It is released in both places."),
        ({"lock": DUAL_S3, "rivals": (a_table_lock(),)}, "The other run's lock stays."),
        (
            {"lock": DUAL_S3, "halves": BOTH, "rivals": (a_table_lock(),)},
            "It takes both halves; the other run's lock stays.",
        ),
    ],
)
def test_the_dialog_says_what_a_release_takes_and_what_it_leaves(page: Any, said: str) -> None:
    assert said in dialog(**page)
    assert len(said) <= 50
    assert "lose resources" in dialog(**page)


def test_the_dialog_of_a_half_that_is_left_says_nothing_of_two_places() -> None:
    assert "both places" not in dialog(lock=DUAL_S3, halves=ONLY_S3)


RELEASED_BOTH = an_end(Outcome.RELEASED, half(DUAL_ITEM, Outcome.RELEASED), half(DUAL_S3, Outcome.RELEASED))
IN_PART = an_end(
    Outcome.FAILED,
    half(DUAL_ITEM, Outcome.RELEASED),
    half(DUAL_S3, Outcome.FAILED, "no <way>"),
    detail="bucket acme-tfstate: no <way>",
)
NOTHING = an_end(
    Outcome.FAILED,
    half(DUAL_ITEM, Outcome.FAILED, "denied"),
    half(DUAL_S3, Outcome.FAILED, "not tried"),
    detail="table: denied",
)
BACK = an_end(Outcome.RESTORED, half(DUAL_S3, Outcome.RESTORED), half(DUAL_ITEM, Outcome.RESTORED))
BACK_IN_PART = an_end(
    Outcome.RESTORED, half(DUAL_S3, Outcome.RESTORED), half(DUAL_ITEM, Outcome.OCCUPIED, "", a_table_lock())
)
NOT_BACK = an_end(Outcome.FAILED, half(DUAL_S3, Outcome.FAILED, "denied"), detail="bucket: denied")


@pytest.mark.parametrize(
    ("ending", "known", "said"),
    [
        (RELEASED_BOTH, BOTH, f"Both halves are released, {IN_TABLE} and in S3. The run may have died half-way"),
        (
            an_end(Outcome.RELEASED, half(DUAL_ITEM, Outcome.GONE), half(DUAL_S3, Outcome.RELEASED)),
            BOTH,
            f"Already gone {IN_TABLE}; released in S3. The run may",
        ),
        (
            an_end(Outcome.RELEASED, half(DUAL_ITEM, Outcome.RELEASED), half(DUAL_S3, Outcome.REPLACED, "", PLAN)),
            BOTH,
            f"Released {IN_TABLE}; already gone in S3, where another lock is now, which was left alone.",
        ),
        (
            an_end(Outcome.RELEASED, half(DUAL_ITEM, Outcome.RELEASED), half(DUAL_S3, Outcome.REPLACED, "", PLAN)),
            BOTH,
            f"Seen {local_time(NOW)}: the state is locked now in S3 by `root@vm` (plan",
        ),
        (
            an_end(Outcome.RELEASED, half(DUAL_ITEM, Outcome.CONTAINER_GONE), half(DUAL_S3, Outcome.RELEASED)),
            BOTH,
            f"Gone {IN_TABLE}, because its table does not exist any more; released in S3.",
        ),
        (
            an_end(Outcome.UNCONFIRMED, half(DUAL_ITEM, Outcome.RELEASED), half(DUAL_S3, Outcome.UNCONFIRMED)),
            BOTH,
            f"Released {IN_TABLE}; gone in S3, released by this or by its holder.",
        ),
        (IN_PART, ONLY_S3, "*Released only in part:* <@U0ALICE> clicked Release, <"),
        (IN_PART, ONLY_S3, f"Released {IN_TABLE}; still locked in S3: `no &lt;way&gt;`. Click Release again to finish"),
        (NOTHING, BOTH, f"failed*, {local_time(NOW)}: still locked {IN_TABLE}: `denied`; still locked in S3: `not tr"),
        (BACK_IN_PART, ONLY_S3, "*Put back only in part* by <@U0ALICE>, <"),
        (BACK_IN_PART, ONLY_S3, f"Put back in S3; not put back {IN_TABLE}, because somebody holds the state there."),
    ],
)
def test_the_message_says_how_each_half_ended(ending: Ending, known: Any, said: str) -> None:
    alert = an_alert(DUAL_S3, ending, halves=known)
    assert said in words(alert)
    assert_slack_takes(*message(alert))


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (BOB, f"Released {IN_TABLE} by <@U0BOB>; released in S3."),
        (REAPER, f"Released {IN_TABLE} by the reaper itself; released in S3."),
        ("arn:aws:sts::123456789012:assumed-role/ops/jane", f"Released {IN_TABLE} by `assumed-role/ops/jane`; rel"),
        (ALICE, f"Both halves are released, {IN_TABLE} and in S3."),
    ],
)
def test_whoever_released_a_half_before_is_named_beside_it(by: str, said: str) -> None:
    table = half(DUAL_ITEM, Outcome.RELEASED, by=by)
    ending = an_end(Outcome.RELEASED, table, half(DUAL_S3, Outcome.RELEASED, by=ALICE))
    assert said in words(an_alert(DUAL_S3, ending, halves=BOTH))
    again = an_end(Outcome.FAILED, table, half(DUAL_S3, Outcome.FAILED, "no"), detail="no")
    first = f"<@U0ALICE> clicked Release, {local_time(NOW)}. Released {IN_TABLE}"
    assert first in words(an_alert(DUAL_S3, again, halves=ONLY_S3))


def test_a_lock_that_was_put_back_only_in_part_is_said_to_be_so_once_and_whom_it_does_not_stop() -> None:
    failed = an_end(Outcome.RESTORED, half(DUAL_S3, Outcome.RESTORED), half(DUAL_ITEM, Outcome.FAILED, "denied"))
    said = words(an_alert(DUAL_S3, failed, halves=ONLY_S3, restored_by=ALICE))
    assert said.lower().count("put back by") == 0
    assert f"runs that lock only {IN_TABLE} start all the same." in said


def test_a_half_that_was_put_back_and_let_go_at_once_is_not_said_to_be_left_out() -> None:
    ending = an_end(Outcome.RESTORED, half(DUAL_S3, Outcome.RESTORED), half(DUAL_ITEM, Outcome.GONE))
    assert f"put back by you. Put back in S3; put back {IN_TABLE}, and let go again since." in answer(
        ending, Verb.PUT_BACK
    )


def test_a_half_that_is_gone_is_told_once() -> None:
    assert "Half of this lock is gone" not in words(an_alert(DUAL_S3, IN_PART, halves=ONLY_S3))
    assert "Half of this lock is gone" in words(an_alert(DUAL_S3, halves=ONLY_S3))


def test_another_holder_is_named_once() -> None:
    said = words(an_alert(DUAL_S3, BACK_IN_PART, halves=ONLY_S3, rivals=(a_table_lock(),)))
    assert said.count("78653438-8ad9-5195-0db7-201620792a67") == 1
    released = words(an_alert(a_table_lock(), an_end(Outcome.REPLACED, held_now=PLAN), rivals=(PLAN,)))
    assert released.count("2a6ba3a9-d658-0bcd-df30-67f43e4dc270") == 1


def test_a_release_by_the_reaper_itself_that_stopped_half_way_is_tried_again_without_a_click() -> None:
    by_itself = msgspec.structs.replace(IN_PART, user="", by_reaper=True)
    said = words(an_alert(DUAL_S3, by_itself, halves=ONLY_S3))
    assert "*Released only in part:* the reaper began to release it by itself, <" in said
    assert "It tries again in an hour." in said
    assert "Click Release" not in said


def test_a_lasting_trouble_is_not_said_to_be_finished_by_another_click() -> None:
    said = words(an_alert(DUAL_S3, msgspec.structs.replace(IN_PART, lasting=True), halves=ONLY_S3))
    assert "Another click will fail as well, for as long as that is so." in said


@pytest.mark.parametrize(
    ("ending", "verb", "said"),
    [
        (
            RELEASED_BOTH,
            Verb.RELEASE,
            f"was released by you, {local_time(NOW)}. Both halves are released, {IN_TABLE} and",
        ),
        (
            IN_PART,
            Verb.RELEASE,
            f"was released only in part. Released {IN_TABLE}; still locked in S3: `no &lt;way&gt;`.",
        ),
        (IN_PART, Verb.RELEASE, "Click Release again to finish it."),
        (NOTHING, Verb.RELEASE, f"Could not release the lock of `{STATE_PATH}`: still locked {IN_TABLE}: `denied`;"),
        (BACK, Verb.PUT_BACK, f"was put back by you. Both halves are put back, in S3 and {IN_TABLE}."),
        (BACK_IN_PART, Verb.PUT_BACK, f"was put back only in part. Put back in S3; not put back {IN_TABLE}, because"),
        (BACK_IN_PART, Verb.PUT_BACK, f"the state is locked now {IN_TABLE} by `root@vm`"),
        (
            NOT_BACK,
            Verb.PUT_BACK,
            f"Could not put back the lock of `{STATE_PATH}`: not put back in S3: `denied`. You can",
        ),
    ],
)
def test_the_person_who_clicked_is_told_of_each_half(ending: Ending, verb: Verb, said: str) -> None:
    assert said in answer(ending, verb)


@pytest.mark.thorough
@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("of_half", Outcome)
def test_no_ending_of_a_half_is_without_words(verb: Verb, outcome: Outcome, of_half: Outcome) -> None:
    ending = an_end(outcome, half(DUAL_ITEM, of_half, "why"), half(DUAL_S3, of_half, "why"), detail="why")
    assert TABLE in halves.each(ending, put_back=False)
    assert answer(ending, verb)
    assert_slack_takes(*message(an_alert(DUAL_S3, ending, halves=BOTH)))


def test_a_lock_whose_table_is_gone_is_told_with_its_table_not_with_a_bucket() -> None:
    gone = an_end(Outcome.CONTAINER_GONE, user="")
    said = words(an_alert(a_table_lock(), gone))
    assert "Terraform lock gone with its table" in said
    assert f"*Gone with its table*: DynamoDB says that there is no table `{TABLE}` any more." in said
    of_dual = an_end(Outcome.CONTAINER_GONE, half(DUAL_ITEM, Outcome.CONTAINER_GONE), half(DUAL_S3, Outcome.GONE))
    said = words(an_alert(DUAL_S3, of_dual, halves=BOTH))
    assert "Terraform lock gone with its table" in said
    assert "bucket" not in said


def test_another_holder_s_lock_is_still_there_when_this_one_is_gone() -> None:
    for outcome in (Outcome.RELEASED, Outcome.GONE, Outcome.UNCONFIRMED):
        said = words(an_alert(a_table_lock(), an_end(outcome), rivals=(OTHER_APPLY,)))
        assert "*The state may still be locked.* Another lock on it was left alone: in S3 `root@vm` (apply" in said
        assert f"`{STATE_PATH}`, {IN_TABLE}" in said


def test_a_digest_beside_a_lock_is_shown_and_never_released() -> None:
    lock = lock_in_table({**an_item(), "Digest": {"S": "1a350cba57b33e854fe37027140ed666"}})
    said = words(an_alert(lock))
    assert lock.body is Body.DIGEST
    assert (
        "It cannot be released from here. It has the digest of a state beside its `Info`, and the reaper never" in said
    )
    assert f"`dynamodb://{TABLE}/{STATE_PATH}` has to look at what it is" in said


@pytest.mark.parametrize(
    ("info", "said"),
    [
        ({"N": "42"}, "The lock has a number where the text of a lock belongs."),
        ({"B": "AAA="}, "The lock has bytes where the text of a lock belongs."),
        ({"M": {}}, "The lock has a map where the text of a lock belongs."),
        ({"NULL": True}, "The lock is empty."),
        ({"S": ""}, "The lock is empty."),
        ({"S": "garbage"}, "The lock is not JSON."),
    ],
)
def test_an_info_of_another_kind_is_told_as_what_it_is_and_released(info: Any, said: str) -> None:
    alert = an_alert(lock_in_table({**an_item(), "Info": info}), seen_at=TAKEN)
    assert said in words(alert)
    assert "`terraform force-unlock` may not be able to release it." in words(alert)
    assert "release_lock" in elements(message(alert)[1])
    assert_slack_takes(*message(alert))


def test_a_state_in_a_table_is_told_to_move_out_of_it() -> None:
    state = lock_in_table({**an_item(), "Info": {"S": '{"version": 4, "terraform_version": "1.11.4", "serial": 1}'}})
    assert "which has to move out of the table." in words(an_alert(state, seen_at=TAKEN))


def test_a_copy_in_a_table_is_told_with_what_copies_tables() -> None:
    copy = a_table_lock(key="acme-tfstate/elsewhere.tfstate")
    said = words(an_alert(copy))
    assert "*This lock is a copy.*" in said
    assert "restores and imports of a table copy locks too" in said
    assert "s3 sync" not in said


@settings(max_examples=60)
@given(
    infos=st.tuples(INFOS, INFOS, INFOS),
    key=FOREIGN,
    table=st.text("abcXYZ019_.-", min_size=3, max_size=255),
    body=st.sampled_from(Body),
    outcome=st.sampled_from(Outcome),
)
def test_whatever_others_write_halves_and_rivals_fit_slack_s_limits(
    infos: tuple[LockInfo, ...], key: str, table: str, body: Body, outcome: Outcome
) -> None:
    path = s3_takes(f"b/{key}")
    in_table = LockRef(Place(Kind.DYNAMODB, table, path, region="eu-west-1"), "1" * 40, NO_TIME)
    in_s3 = LockRef(Place(Kind.S3, "b", f"{path[2:]}.tflock"), '"e"', TAKEN)
    lock = HeldLock(in_table, infos[0], infos[0].Who, body)
    rivals = (*(HeldLock(in_s3, one, one.Who, body) for one in infos), HeldLock(in_s3, flaw=infos[1].Path))
    ended = (
        HalfEnding(in_table.place, outcome, infos[1].Who, rivals[0]),
        HalfEnding(in_s3.place, Outcome.FAILED, infos[2].Who, rivals[3]),
    )
    ending = Ending(outcome=outcome, at=NOW, user=ALICE, halves=ended, detail=infos[0].Path)
    for one in (None, ending):
        assert_slack_takes(
            *message(
                an_alert(lock, one, seen_at=TAKEN, rivals=rivals, halves=(Half(in_table), Half(in_s3, held=False)))
            )
        )
    assert len(answer(ending).encode()) <= 4000
    button = buttons.release(Page(lock=lock, rivals=rivals, halves=(Half(in_table), Half(in_s3))))
    assert len(button["confirm"]["text"]["text"]) <= 300


def test_every_kind_of_place_has_words() -> None:
    for kind in TRAITS:
        page = Page(lock=HeldLock(LockRef(Place(kind, "c", "b/k.tflock"), "s", TAKEN)), rivals=(PLAN,))
        assert TRAITS[kind].service in words(alert_for(page, a_policy(), NOW, None))
