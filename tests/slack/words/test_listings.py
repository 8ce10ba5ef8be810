from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from chalicelib.core.alerts.listing import Listed, Listing
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.clicks.list_query import PAGE, Query
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.state_lock import Half
from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.slack.words.listings import _MOST_CHARACTERS, PAGE_ACTIONS, _characters, answer, usage
from chalicelib.slack.words.parts import lock_value
from chalicelib.slack.words.parts.text import ago
from tests.builders import ALICE, BOB, BUCKET, TAKEN, a_lock, a_table_lock
from tests.slack.reading import FOREIGN, INFOS, assert_slack_takes, elements, s3_takes, said

NOW = TAKEN + timedelta(hours=3)
ASKED = Asked(BOB, NOW, "1")


def a_listing(*locks: Listed, total: int | None = None, routed: bool = True, **query: Any) -> Listing:
    total = len(locks) if total is None else total
    return Listing(now=NOW, query=Query(**query), routed=routed, total=total, locks=locks)


def listed(lock: HeldLock | None = None, *, releasable: bool = True, two: bool = False, **page: Any) -> Listed:
    return Listed(Page(lock=lock or a_lock(), **page), releasable, two)


def many(number: int, key: str = "prod/{}/terraform.tfstate", *, releasable: bool = True) -> list[Listed]:
    return [listed(a_lock(key=f"{key.format(count)}.tflock"), releasable=releasable) for count in range(number)]


def test_only_the_person_who_asked_sees_a_list() -> None:
    for body in (answer(a_listing(listed())), answer(a_listing()), usage()):
        assert body["response_type"] == "ephemeral"
        assert_slack_takes(body["text"], body["blocks"])


def test_a_lock_is_listed_with_its_age_holder_and_operation_and_a_button_for_who_may() -> None:
    body = answer(a_listing(listed()))
    assert body["text"] == "1 Terraform lock is held now"
    _, line = body["blocks"]
    assert line["text"]["text"] == (
        f"`acme-tfstate/prod/network/terraform.tfstate`\nTaken {ago(TAKEN)} by `root@vm` · apply or destroy"
    )
    assert lock_value.decode(line["accessory"]["value"]).lock == a_lock().ref
    assert line["accessory"]["confirm"]["style"] == "danger"


def test_a_lock_that_was_put_back_is_not_said_to_be_taken_then() -> None:
    line = answer(a_listing(listed(restored_by=BOB)))["blocks"][1]
    assert f"\nPut back {ago(TAKEN)}, held by `root@vm` · apply or destroy" in line["text"]["text"]
    line = answer(a_listing(listed(a_lock(body=b"{}"), restored_by=BOB)))["blocks"][1]
    assert line["text"]["text"].endswith(f"\nPut back {ago(TAKEN)}")


def test_a_lock_in_a_table_is_listed_with_it_and_with_whose_clock_its_age_is_by() -> None:
    line = answer(a_listing(listed(a_table_lock())))["blocks"][1]["text"]["text"]
    assert f"\nTaken {ago(a_table_lock().ref.since)} by `root@vm` (its machine's clock) · apply or destroy" in line
    assert line.endswith(" · in DynamoDB table `terraform-locks`")
    undated = answer(a_listing(listed(a_table_lock(body=b""), seen_at=TAKEN)))["blocks"][1]["text"]["text"]
    assert f"\nFirst seen {ago(TAKEN)} · empty · in DynamoDB table" in undated


def test_a_lock_in_two_places_is_one_line_that_says_when_a_half_is_gone() -> None:
    halves = (Half(a_table_lock().ref), Half(a_lock().ref))
    line = answer(a_listing(listed(halves=halves)))["blocks"][1]["text"]["text"]
    assert line.endswith(" · in DynamoDB table `terraform-locks` and in S3")
    halves = (Half(a_table_lock().ref, held=False), Half(a_lock().ref))
    line = answer(a_listing(listed(halves=halves)))["blocks"][1]["text"]["text"]
    assert line.endswith(" · :warning: half is gone")


def test_two_holders_of_one_state_are_two_lines_told_apart_by_their_places() -> None:
    lines = answer(a_listing(listed(rivals=(a_table_lock(),)), listed(a_table_lock(), rivals=(a_lock(),))))["blocks"]
    assert lines[1]["text"]["text"].endswith(" · in S3 · :warning: another lock too")
    assert " · in DynamoDB table `terraform-locks` · :warning: another lock too" in lines[2]["text"]["text"]


@pytest.mark.parametrize(
    ("query", "total", "title"),
    [
        ({"mine": True}, 1, "1 Terraform lock is held now that is probably yours"),
        ({"mine": True}, 2, "2 Terraform locks are held now that are probably yours"),
        ({"words": ("pay",)}, 1, "1 Terraform lock is held now that fits what you typed"),
        (
            {"mine": True, "words": ("pay",)},
            2,
            "2 Terraform locks are held now that are probably yours and fit what you typed",
        ),
        ({"everything": True}, 2, "2 Terraform locks are held now"),
    ],
)
def test_the_title_counts_what_was_asked_for_and_says_so(query: dict[str, Any], total: int, title: str) -> None:
    body = answer(a_listing(listed(), total=total, **query))
    assert body["text"].startswith(title)
    assert body["blocks"][0]["text"]["text"] == body["text"]


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
        line = answer(a_listing(listed(a_lock(body=body))))["blocks"][1]
        assert line["text"]["text"].endswith(f"\nTaken {ago(TAKEN)} · {kind}")


def test_what_a_lock_does_not_tell_is_left_out() -> None:
    line = answer(a_listing(listed(a_lock(body=b"{}"))))["blocks"][1]
    assert line["text"]["text"].endswith(f"\nTaken {ago(TAKEN)}")
    line = answer(a_listing(listed(a_lock(body=b'{"Who":" ","Operation":"OperationTypePlan"}'))))["blocks"][1]
    assert line["text"]["text"].endswith(f"\nTaken {ago(TAKEN)} · plan")


def test_nothing_held_is_said_in_words() -> None:
    assert "No Terraform lock is held now that this channel's routes cover." in said(answer(a_listing()))
    assert "No Terraform lock is held now." in said(answer(a_listing(everything=True, routed=False)))
    assert "held now whose state path contains `pay`." in said(answer(a_listing(everything=True, words=("pay",))))


def test_a_channel_that_no_route_leads_to_is_told_how_to_see_all() -> None:
    assert "no route leads here. `/tflocks all` lists" in said(answer(a_listing(routed=False)))


def test_what_was_looked_for_and_not_found_is_named() -> None:
    found = said(answer(a_listing(words=("pay", "`<x>"))))
    assert "and whose state path contains `pay \N{MODIFIER LETTER GRAVE ACCENT}&lt;x&gt;`." in found
    assert "In all channels: `/tflocks all pay \N{MODIFIER LETTER GRAVE ACCENT}&lt;x&gt;`." in found
    assert "No Terraform lock is held now that is probably yours." in said(answer(a_listing(mine=True, routed=False)))
    assert "no route leads here" in said(answer(a_listing(words=("pay",), routed=False)))


def test_an_argument_that_nobody_knows_is_answered_with_what_there_is() -> None:
    for command in (
        "/tflocks",
        "/tflocks all",
        "/tflocks mine",
        "/tflocks payments",
        "/tflocks page 2",
        "/tflocks version",
    ):
        assert f"`{command}`" in usage()["text"]


def test_the_pages_of_a_list_are_a_click_away_and_a_button_is_the_command_that_shows_its_page() -> None:
    first, middle, last = (
        answer(a_listing(*many(PAGE), total=3 * PAGE, page=page, everything=True, words=("prod",)))
        for page in (1, 2, 3)
    )
    assert first["text"] == "45 Terraform locks are held now that fit what you typed"
    assert "16 to 30 of 45, the oldest first." in said(middle)
    assert "Only those whose state path contains `prod`." in said(middle)
    assert _turns(first) == {"list_next": "all prod page 2"}
    assert _turns(middle) == {"list_previous": "all prod", "list_next": "all prod page 3"}
    assert _turns(last) == {"list_previous": "all prod page 2"}


def test_a_list_of_one_page_has_nothing_to_turn() -> None:
    assert len(answer(a_listing(*many(PAGE)))["blocks"]) == PAGE + 1
    assert _turns(answer(a_listing(*many(3)))) == {}


def test_the_other_pages_and_what_narrows_the_list_are_told_where_there_are_many() -> None:
    assert "`/tflocks payments` lists only" in said(answer(a_listing(*many(PAGE), total=300)))


def test_of_long_names_as_many_are_shown_and_less_of_each() -> None:
    body = answer(a_listing(*many(PAGE, "&" * 900 + "{}"), total=10_000, page=200))
    assert_slack_takes(body["text"], body["blocks"])
    assert len(body["blocks"]) == PAGE + 3


def test_the_longest_of_everything_fits_into_a_page() -> None:
    """What the rules of a route, the lock and people can make of a line, all at once."""
    info = LockInfo(Who="&" * 3000, Operation="&" * 3000)
    table, path = "t" * 255, f"b/{'&' * 900}"
    lock = HeldLock(LockRef(Place(Kind.DYNAMODB, table, path, region="ap-southeast-7"), "1", TAKEN), info)
    other = LockRef(Place(Kind.DYNAMODB, table[1:], path, region="ap-southeast-7"), "1", TAKEN)
    snooze = Snooze("U0" + "A" * 30, NOW + timedelta(hours=1))
    halves = (Half(lock.ref), Half(other), Half(a_lock().ref, held=False))
    asked = Asked("U0" + "B" * 30, NOW, "1")
    line = listed(lock, two=True, snooze=snooze, asked=asked, halves=halves, rivals=(a_lock(),))
    body = answer(a_listing(*[line] * PAGE, total=99_999, page=3000, words=("&" * 200,), mine=True))
    assert_slack_takes(body["text"], body["blocks"])
    assert sum(map(_characters, body["blocks"])) <= _MOST_CHARACTERS


def _turns(body: dict[str, Any]) -> dict[str, str]:
    there = elements(body["blocks"])
    return {action: there[action]["value"] for action in there if action in PAGE_ACTIONS}


@settings(max_examples=30)  # of fifteen lines each
@given(info=INFOS, key=FOREIGN)
def test_whatever_others_write_a_list_fits_and_calls_nobody(info: LockInfo, key: str) -> None:
    lock = HeldLock(LockRef(Place(Kind.S3, BUCKET, f"{s3_takes(key)}.tflock"), '"e"', TAKEN), info)
    body = answer(a_listing(*[listed(lock)] * PAGE))
    assert_slack_takes(body["text"], body["blocks"])
