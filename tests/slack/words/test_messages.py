from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from chalicelib.core.alerts.alert import Alert, alert_for
from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.alerts.life import may_auto_release
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.clicks.ending import Ending, LetGoBy, Outcome
from chalicelib.core.locks.ci_run import CiRun
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.slack.words.messages import message
from chalicelib.slack.words.parts.text import since
from tests.builders import ALICE, BOB, BUCKET, TAKEN, a_lock, a_policy
from tests.slack.reading import FOREIGN, INFOS, assert_slack_takes, elements, s3_takes, words

NOW = TAKEN + timedelta(hours=2, minutes=13)
SNOOZED = Snooze(ALICE, NOW + timedelta(hours=4))
ASKED = Asked(BOB, NOW, "1")
CI = CiRun("GitHubActions-{run}", "https://ci.example/runs/{run}")
ONCALL = "S0ONCALL"


def an_alert(lock: HeldLock | None = None, ending: Ending | None = None, now: Any = NOW, **others: Any) -> Alert:
    state = others.pop("state", None)
    policy = a_policy(**others.pop("policy", {}))
    return alert_for(Page(lock=lock or a_lock(), **others), policy, now, state, ending)


def test_an_alert_says_all_that_the_lock_says() -> None:
    said = words(an_alert(a_lock("s3-apply-workspace-dev", key="env:/dev/prod/network/terraform.tfstate.tflock")))
    for part in (
        "Terraform lock held too long",
        f"Held since {since(TAKEN)}.",
        "`acme-tfstate/env:/dev/prod/network/terraform.tfstate`",
        "*Workspace*\\n`dev`",
        "*Operation*\\napply or destroy",
        "*Holder*, by its own word\\n`root@vm`",
        "*Terraform version*\\n`1.11.4`",
        "`cda06635-fd04-7f71-2018-1c40abd0c05a`",
        "<!date^1795231137^",
        "threshold of 2 h",
        "(level 1 of 2)",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("principal", "said"),
    [
        ("AWS:AROAEXAMPLE:GitHubActions-77", "`GitHubActions-77` (role `AROAEXAMPLE`)"),
        ("AWS:AIDAEXAMPLE", "`AWS:AIDAEXAMPLE`"),
    ],
)
def test_the_aws_identity_is_told_apart_from_what_the_holder_calls_itself(principal: str, said: str) -> None:
    assert f"*AWS identity*, by S3's word\\n{said}" in words(an_alert(principal=principal))


def test_an_unknown_aws_identity_is_not_told() -> None:
    assert "AWS identity" not in words(an_alert())


@pytest.mark.parametrize(
    ("level", "snooze", "sign"),
    [(1, None, ":hourglass_flowing_sand:"), (2, None, ":rotating_light:"), (2, SNOOZED, ":zzz:")],
)
def test_the_sign_shows_the_level_and_the_quiet(level: int, snooze: Snooze | None, sign: str) -> None:
    assert message(an_alert(level=level, snooze=snooze))[1][0]["text"]["text"].startswith(f"{sign} Terraform lock")


def test_the_people_of_its_level_and_its_probable_owner_are_mentioned() -> None:
    policy = {"mentions": {1: (ONCALL, BOB), 2: ("here",)}}
    assert "<!subteam^S0ONCALL> <@U0BOB>" in words(an_alert(policy=policy))
    assert "<!here>" not in words(an_alert(policy=policy))
    said = words(an_alert(policy=policy, level=2, owner=BOB))
    assert "<!subteam^S0ONCALL> <!here> · probably <@U0BOB>'s run" in said


def test_as_many_people_as_a_file_may_call_fit_beside_the_longest_path() -> None:
    groups = tuple(f"S0ABCDEFG{first}{second}" for first in "ABCDE" for second in "ABCDEFGHIJ")
    alert = an_alert(a_lock(key=f"{'x' * 1010}.tflock"), policy={"mentions": {1: groups}}, owner=ALICE)
    assert words(alert).count("<!subteam^") == 50
    assert_slack_takes(*message(alert))


def test_a_ci_run_is_a_link_with_a_label_of_ours() -> None:
    alert = an_alert(principal="AWS:AROAEXAMPLE:GitHubActions-77", policy={"ci_runs": (CI,)}, owner=ALICE)
    assert "Probably <@U0ALICE>'s run · <https://ci.example/runs/77|CI run>" in words(alert)


def test_nobody_is_called_where_nobody_is_named() -> None:
    said = words(an_alert())
    assert "<@" not in said
    assert "robably" not in said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("s3-plan-default", "It may be alive: a plan holds its lock while it waits at its prompt"),
        ("s3-apply-default", "It may be alive: an apply holds its lock while it waits for a *yes*"),
        (
            "s3-console-default",
            "It may be alive: it is an import or a `terraform console`, and a console holds its lock",
        ),
        ("s3-migrate-source", "It may be alive: `init -migrate-state` holds two locks"),
        ("s3-migrate-destination", "It may be alive: `init -migrate-state` holds two locks"),
    ],
)
def test_the_known_reasons_for_a_long_hold_are_told(name: str, said: str) -> None:
    lock = a_lock(name)
    assert lock.info
    there = a_lock(name, key=f"{lock.info.Path.removeprefix('acme-tfstate/')}.tflock")
    assert said in words(an_alert(there))


def test_a_message_invents_no_reason_for_a_long_hold() -> None:
    assert "It may be alive" not in words(an_alert(a_lock("s3-workspace-delete-dev")))


def test_what_the_route_has_for_such_a_lock_is_told() -> None:
    policy = {"auto_release": timedelta(hours=6), "second_person": True}
    said = words(an_alert(a_lock("s3-plan-default"), policy=policy))
    assert "A release takes two people." in said
    assert "Once it is 6 h old, at its next hourly look, the reaper releases it by itself, unless somebody" in said


@pytest.mark.parametrize("known", [{"snooze": SNOOZED}, {"snooze": Snooze(ALICE, NOW)}, {"restored_by": ALICE}])
def test_no_release_by_itself_is_announced_once_somebody_has_wanted_to_keep_the_lock(known: dict[str, Any]) -> None:
    alert = an_alert(a_lock("s3-plan-default"), policy={"auto_release": timedelta(hours=6)}, **known)
    assert not may_auto_release(alert.page, alert.policy, NOW + timedelta(days=1))
    assert "by itself" not in words(alert)


def test_no_release_by_itself_is_announced_for_a_lock_that_can_write_or_is_not_whole() -> None:
    policy = {"auto_release": timedelta(hours=6)}
    for lock in (a_lock(), a_lock(body=b""), a_lock("s3-plan-default", key="elsewhere.tflock")):
        assert "by itself" not in words(an_alert(lock, policy=policy))


def test_a_lock_that_cannot_be_parsed_says_so_and_can_be_released() -> None:
    alert = an_alert(a_lock(body=b""))
    assert "The lock is empty." in words(alert)
    assert "release_lock" in elements(message(alert)[1])


def test_a_lock_that_s3_will_not_show_can_be_snoozed_only_and_says_why() -> None:
    alert = an_alert(HeldLock(a_lock().ref, flaw="cannot be read by the reaper (AccessDenied)", body=Body.DENIED))
    assert "It cannot be released from here." in words(alert)
    assert list(elements(message(alert)[1])) == [
        "snooze_alert_1h",
        "snooze_alert_4h",
        "snooze_alert_morning",
        "snooze_alert_1w",
    ]


def test_a_snooze_is_shown_with_who_and_until_when_and_can_be_ended() -> None:
    alert = an_alert(snooze=SNOOZED)
    assert ":zzz: *Snoozed by <@U0ALICE>* until <!date^1795253517^" in words(alert)
    assert list(elements(message(alert)[1])) == ["release_lock", "end_snooze"]


def test_a_snooze_that_is_over_is_not_shown() -> None:
    alert = an_alert(snooze=Snooze(ALICE, NOW))
    assert "nooze" not in words(alert).replace('"Snooze"', "").replace("snooze_alert", "")
    assert list(elements(message(alert)[1])) == ["release_lock", "snooze_alert"]


def test_a_request_is_shown_and_can_be_approved_or_withdrawn() -> None:
    alert = an_alert(asked=ASKED, policy={"second_person": True})
    assert "*<@U0BOB> asks to release it*" in words(alert)
    there = elements(message(alert)[1])
    assert list(there) == ["release_lock", "withdraw_release", "snooze_alert"]
    assert there["release_lock"]["text"]["text"] == "Approve release"


def test_who_asked_for_a_release_and_may_not_is_named() -> None:
    assert "<@U0BOB> asked to release this lock, and may not" in words(an_alert(refused=frozenset({BOB})))
    many = frozenset(f"U0{letter}" for letter in "ABCDEFGH")
    assert "<@U0A>, <@U0B>, <@U0C>, <@U0D>, <@U0E> and 3 more asked to release" in words(an_alert(refused=many))


def test_what_a_lock_does_not_tell_is_named_as_that_and_nothing_else() -> None:
    said = words(an_alert(a_lock(body=b'{"ID":"7"}')))
    assert "*Not told by the lock*\\nOperation, Holder, Terraform version" in said
    assert "not told" not in said
    assert "Not told" not in words(an_alert())


def test_a_lock_of_which_nothing_is_known_is_an_alert_all_the_same() -> None:
    for lock in (HeldLock(a_lock().ref), a_lock(body=b"{}"), a_lock(body=b"")):
        assert_slack_takes(*message(an_alert(lock)))


def test_the_title_of_a_lock_says_no_more_than_is_so() -> None:
    def title(**others: Any) -> str:
        return str(message(an_alert(**others))[1][0]["text"]["text"])

    assert title().endswith("Terraform lock held too long")
    assert title(now=TAKEN + timedelta(minutes=1)).endswith("Terraform lock held")
    assert title(now=TAKEN + timedelta(minutes=1), restored_by=ALICE).endswith("Terraform lock held again")
    assert "level 0" not in words(an_alert(now=TAKEN + timedelta(minutes=1), restored_by=ALICE))


@pytest.mark.parametrize("minutes", [0, 13, 500])
def test_no_word_of_an_open_alert_depends_on_when_it_is_written(minutes: int) -> None:
    """So there is nothing to bring up to date: Slack itself counts on."""
    then = NOW + timedelta(minutes=minutes)
    for state in (None, StateWritten(None), StateWritten(TAKEN), StateWritten(TAKEN - timedelta(days=1))):
        assert message(an_alert(state=state, now=then)) == message(an_alert(state=state))


def test_a_lock_that_was_put_back_says_by_whom() -> None:
    assert "*Put back by <@U0ALICE>*" in words(an_alert(restored_by=ALICE))


def test_a_lock_that_was_put_back_is_not_said_to_be_over_a_threshold_that_its_age_has_not_reached() -> None:
    assert "The threshold is 2 h" in words(an_alert(restored_by=ALICE, level=1, now=TAKEN + timedelta(minutes=1)))


def test_a_released_lock_can_be_put_back_as_long_as_it_is_on_offer() -> None:
    ending = Ending(outcome=Outcome.RELEASED, at=NOW, user=ALICE, undo_until=NOW + timedelta(minutes=10))
    alert = an_alert(ending=ending)
    assert list(elements(message(alert)[1])) == ["put_lock_back"]
    assert "On offer until <!date^1795239717^" in words(alert)
    assert elements(message(an_alert(ending=ending, now=NOW + timedelta(minutes=10)))[1]) == {}


def test_a_message_of_a_lock_that_is_gone_calls_nobody_and_offers_nothing() -> None:
    ending = Ending(outcome=Outcome.GONE, at=NOW)
    alert = an_alert(ending=ending, owner=BOB, snooze=SNOOZED, asked=ASKED, policy={"mentions": {1: ("here",)}})
    assert "<@" not in words(alert)
    assert "<!here>" not in words(alert)
    assert elements(message(alert)[1]) == {}


def test_an_operation_nobody_knows_is_told_as_it_is_written_and_forges_no_layout() -> None:
    assert "*Operation*\\n`x *State* y`" in words(an_alert(a_lock(body=b'{"Operation":"x *State*\\ny"}')))


@given(info=INFOS, key=FOREIGN, principal=FOREIGN)
def test_whatever_others_write_fits_slack_s_limits_and_cannot_mention_link_or_break_a_line(
    info: LockInfo, key: str, principal: str
) -> None:
    lock = HeldLock(LockRef(Place(Kind.S3, BUCKET, f"{s3_takes(key)}.tflock"), '"e"', TAKEN), info)
    gone = Ending(outcome=Outcome.GONE, at=NOW, principal=principal, let_go_by=LetGoBy.OTHER)
    replaced = Ending(outcome=Outcome.REPLACED, at=NOW, user=ALICE, held_now=lock)
    failed = Ending(outcome=Outcome.FAILED, at=NOW, user=ALICE, detail=info.Who)
    policy = {"ci_runs": (CI, CiRun("*{run}*", "https://ci.example/{run}")), "mentions": {1: (ONCALL, "here")}}
    for ending in (None, gone, replaced, failed):
        known = {"owner": BOB, "snooze": SNOOZED, "asked": ASKED, "restored_by": ALICE, "policy": policy}
        alert = an_alert(lock, ending, principal=principal, state=StateWritten(TAKEN), **known)
        assert_slack_takes(*message(alert))


@given(flaw=FOREIGN, key=FOREIGN)
def test_a_lock_that_nobody_can_read_fits_as_well(flaw: str, key: str) -> None:
    lock = HeldLock(
        LockRef(Place(Kind.S3, BUCKET, f"{s3_takes(key)}.tflock"), '"e"', TAKEN), flaw=flaw, body=Body.DENIED
    )
    assert_slack_takes(*message(an_alert(lock)))
