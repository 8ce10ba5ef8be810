from datetime import timedelta
from typing import Any

from hypothesis import given

from chalicelib.core.alert import Asked, LockRecord, Snooze
from chalicelib.core.listing import Listed, Listing
from chalicelib.core.lock import LockInfo, LockRef, StateLock
from chalicelib.slack import lock_token
from chalicelib.slack.listings import answer, usage
from tests.builders import ALICE, BOB, BUCKET, TAKEN, a_lock
from tests.slack.reading import FOREIGN, INFOS, assert_slack_takes, s3_takes, said

NOW = TAKEN + timedelta(hours=3)
ASKED = Asked(BOB, NOW, "1")


def a_listing(*locks: Listed, everything: bool = False, routed: bool = True) -> Listing:
    return Listing(now=NOW, everything=everything, routed=routed, locks=locks)


def listed(lock: StateLock | None = None, *, releasable: bool = True, two: bool = False, **record: Any) -> Listed:
    return Listed(LockRecord(lock=lock or a_lock(), **record), releasable, two)


def many(number: int, key: str = "prod/{}/terraform.tfstate", *, releasable: bool = True) -> list[Listed]:
    return [listed(a_lock(key=f"{key.format(count)}.tflock"), releasable=releasable) for count in range(number)]


def test_only_the_person_who_asked_sees_it() -> None:
    for body in (answer(a_listing(listed())), answer(a_listing()), usage()):
        assert body["response_type"] == "ephemeral"
        assert_slack_takes(body["text"], body["blocks"])


def test_a_lock_is_listed_with_its_age_holder_and_operation_and_a_button_for_who_may() -> None:
    body = answer(a_listing(listed()))
    assert body["text"] == "1 Terraform lock is held now"
    _, line = body["blocks"]
    assert line["text"]["text"] == (
        "`acme-tfstate/prod/network/terraform.tfstate`\n3 h by `root@vm` · apply or destroy"
    )
    assert lock_token.decode(line["accessory"]["value"]) == a_lock().ref
    assert line["accessory"]["confirm"]["style"] == "danger"


def test_who_may_not_release_sees_no_button() -> None:
    assert "accessory" not in answer(a_listing(listed(releasable=False)))["blocks"][1]


def test_where_a_release_takes_two_people_the_first_only_asks() -> None:
    ask, approve = (answer(a_listing(listed(two=True, asked=asked)))["blocks"][1] for asked in (None, ASKED))
    assert ask["accessory"]["text"]["text"] == "Ask to release"
    assert approve["accessory"]["text"]["text"] == "Approve release"


def test_snoozed_and_asked_for_locks_are_marked() -> None:
    snooze = Snooze(ALICE, NOW + timedelta(hours=1))
    line = answer(a_listing(listed(snooze=snooze, asked=ASKED)))["blocks"][1]
    assert ":zzz: snoozed by <@U0ALICE> · :bust_in_silhouette: <@U0BOB> asks to release it" in line["text"]["text"]
    over = answer(a_listing(listed(snooze=Snooze(ALICE, NOW))))["blocks"][1]
    assert "snoozed" not in over["text"]["text"]


def test_a_lock_that_cannot_be_read_is_listed_as_that() -> None:
    for body, kind in ((b"", "empty"), (b"garbage", "no Terraform lock"), (b"x" * 20_000, "may be a state")):
        assert f"\n3 h · {kind}" in answer(a_listing(listed(a_lock(body=body))))["blocks"][1]["text"]["text"]


def test_nothing_held_is_said_in_words() -> None:
    assert "No Terraform lock is held now that this channel's routes cover." in said(answer(a_listing()))
    assert "No Terraform lock is held now." in said(answer(a_listing(everything=True, routed=False)))


def test_a_channel_that_no_route_leads_to_is_told_how_to_see_all() -> None:
    assert "no route leads here. `/tflocks all` lists" in said(answer(a_listing(routed=False)))


def test_an_argument_that_nobody_knows_is_answered_with_what_there_is() -> None:
    assert "`/tflocks all`" in usage()["text"]


def test_of_more_locks_than_a_message_can_have_blocks_the_first_are_shown_and_the_rest_counted() -> None:
    body = answer(a_listing(*many(60, releasable=False)))
    assert len(body["blocks"]) == 50
    assert body["blocks"][1]["text"]["text"].startswith("`acme-tfstate/prod/0/")
    assert body["text"] == "60 Terraform locks are held now"
    assert "The oldest first; 12 more are not shown." in said(body["blocks"][-1])


def test_of_longer_names_fewer_are_shown() -> None:
    key = "&" * 900 + "{}"
    body = answer(a_listing(*many(50, key)))
    assert_slack_takes(body["text"], body["blocks"])
    shown = len(body["blocks"]) - 2
    assert 10 < shown < 40
    assert f"{50 - shown} more are not shown." in said(body["blocks"][-1])


@given(info=INFOS, key=FOREIGN)
def test_whatever_others_write_a_list_fits_and_calls_nobody(info: LockInfo, key: str) -> None:
    lock = StateLock(LockRef(BUCKET, f"{s3_takes(key)}.tflock", '"e"', TAKEN), info)
    body = answer(a_listing(*[listed(lock)] * 50))
    assert_slack_takes(body["text"], body["blocks"])
