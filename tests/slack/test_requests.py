import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from chalicelib.core.alerts.alert import alert_for
from chalicelib.core.alerts.listing import ListRequest
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.click import Click, SnoozeFor, Unheard, Unusable, Verb
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.slack.installation import Installation
from chalicelib.slack.requests import (
    MalformedError,
    MisdirectedError,
    UnverifiedError,
    is_ssl_check,
    parse,
    parse_command,
    verify,
)
from chalicelib.slack.words.messages import message
from chalicelib.slack.words.parts import lock_value
from tests.builders import ALICE, APP, CHANNEL, TAKEN, TEAM, a_click, a_lock, a_policy, a_table_lock

SECRET = "shhh"
US = Installation(app=APP, team=TEAM)
GRID = Installation(app=APP, team=TEAM, enterprise="E0ACME")
REPLY_TO = "https://hooks.slack.com/actions/T0DEMO/17/secret"
NOW = 1_795_231_137
BODY = b"payload=%7B%22text%22%3A%22gr%C3%BC%C3%9Fe+%2B%22%7D"


def at_now() -> float:
    """A clock that stands still."""
    return float(NOW)


def signed(body: bytes = BODY, secret: str = SECRET, at: int = NOW) -> dict[str, str]:
    timestamp = str(at)
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": str(signature)}


def secret(_fresh: bool) -> str:
    return SECRET


def no_secret(_fresh: bool) -> str:
    raise AssertionError("the secret must not be asked for")


TOKEN = lock_value.encode(a_lock().ref)
MESSAGE = {
    "ts": "1.1",
    "blocks": [
        {"type": "header", "block_id": "a", "text": {"type": "plain_text", "text": "held"}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "small print"}]},
        {"type": "actions", "elements": [{"type": "button", "action_id": "release_lock", "value": TOKEN}]},
    ],
}


CLICKED = msgspec.structs.replace(
    a_click(a_lock(), click="17.1", message="1.1"), at=datetime(1970, 1, 1, 0, 0, 17, 100_000, UTC)
)


def payload(**changes: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "acme"},
        "api_app_id": APP,
        "user": {"id": ALICE, "team_id": TEAM, "username": "alice"},
        "container": {"type": "message", "channel_id": CHANNEL, "message_ts": "1.1", "is_ephemeral": False},
        "message": MESSAGE,
        "response_url": "https://hooks.invalid/secret",
        "actions": [action("release_lock")],
    } | changes


def action(action_id: str, **changes: Any) -> dict[str, Any]:
    return {"action_id": action_id, "action_ts": "17.1", "type": "button", "value": TOKEN} | changes


def select(option: Any, action_id: str = "snooze_alert") -> dict[str, Any]:
    return {"action_id": action_id, "action_ts": "17.1", "type": "static_select", "selected_option": option}


def read(body: bytes, us: Installation = US) -> Click:
    """The click in what Slack sent."""
    click = parse(body, us)
    assert isinstance(click, Click)
    return click


def form(**changes: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload(**changes))}).encode()


def command(**changes: str) -> bytes:
    fields = {"team_id": TEAM, "api_app_id": APP, "user_id": ALICE, "channel_id": CHANNEL, "text": "all"}
    return urlencode(fields | changes).encode()


def test_what_slack_signed_is_taken() -> None:
    verify(BODY, signed(), secret, at_now)


@pytest.mark.parametrize("late", [-300, 300])
def test_a_request_of_up_to_five_minutes_ago_is_taken(late: int) -> None:
    verify(BODY, signed(at=NOW + late), secret, at_now)


def test_header_names_are_taken_in_any_case() -> None:
    verify(BODY, {name.lower(): value for name, value in signed().items()}, secret, at_now)


@pytest.mark.parametrize(
    "headers",
    [
        signed(b"another body"),
        signed(secret="another secret"),
        signed(at=NOW - 301),
        signed(at=NOW + 301),
        signed() | {"X-Slack-Signature": "v0=" + "0" * 64},
    ],
    ids=["tampered body", "wrong secret", "old", "from the future", "zeros"],
)
def test_what_slack_did_not_sign_just_now_is_turned_away(headers: dict[str, str]) -> None:
    with pytest.raises(UnverifiedError):
        verify(BODY, headers, secret, at_now)


@pytest.mark.parametrize("timestamp", ["", "abc", "1e9", "-5", "٣", "9" * 400, "1763700000.5", " "])
@pytest.mark.parametrize("signature", ["", "v0=é", "v1=00", "v0=" + "0" * 64])
def test_malformed_headers_are_turned_away_before_any_secret_is_read(timestamp: str, signature: str) -> None:
    with pytest.raises(UnverifiedError):
        verify(BODY, {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}, no_secret, at_now)


def test_no_headers_at_all_are_turned_away() -> None:
    with pytest.raises(UnverifiedError):
        verify(BODY, {}, no_secret, at_now)


@given(st.binary(max_size=200))
def test_a_body_that_is_not_text_is_turned_away_and_breaks_nothing(body: bytes) -> None:
    with pytest.raises(UnverifiedError):
        verify(body, signed(b"another"), secret, at_now)


def test_a_secret_changed_since_it_was_read_is_read_again() -> None:
    asked: list[bool] = []

    def rotated(fresh: bool) -> str:
        asked.append(fresh)
        return SECRET if fresh else "the old one"

    verify(BODY, signed(), rotated, at_now)
    assert asked == [False, True]


def test_a_click_on_release_becomes_a_request_and_carries_no_secret() -> None:
    assert parse(form(), US) == CLICKED


def test_a_click_has_the_halves_that_its_button_named() -> None:
    s3, item = a_lock().ref, a_table_lock().ref
    click = read(form(actions=[action("release_lock", value=lock_value.encode(s3, (item, s3)))]))
    assert (click.lock, click.halves) == (s3, (item, s3))


def test_a_click_has_the_time_that_slack_gives_it() -> None:
    click = read(form(actions=[action("release_lock", action_ts="1458170917.164398")]))
    assert click.at == datetime(2016, 3, 16, 23, 28, 37, 164398, tzinfo=UTC)


@pytest.mark.parametrize("at", ["", "now", "nan", "inf", "-1.5", "1e9", "1_0", "٣", " 17", "17.", "9" * 11, "9" * 400])
def test_a_click_at_no_time_is_malformed(at: str) -> None:
    with pytest.raises(MalformedError):
        parse(form(actions=[action("release_lock", action_ts=at)]), US)


@pytest.mark.parametrize(
    ("action_id", "verb", "snooze_for"),
    [
        ("release_lock", Verb.RELEASE, None),
        ("withdraw_release", Verb.WITHDRAW, None),
        ("end_snooze", Verb.WAKE, None),
        ("put_lock_back", Verb.PUT_BACK, None),
        ("snooze_alert_1h", Verb.SNOOZE, SnoozeFor.HOUR),
        ("snooze_alert_4h", Verb.SNOOZE, SnoozeFor.FOUR_HOURS),
        ("snooze_alert_morning", Verb.SNOOZE, SnoozeFor.MORNING),
        ("snooze_alert_1w", Verb.SNOOZE, SnoozeFor.WEEK),
    ],
)
def test_every_button_has_its_verb(action_id: str, verb: Verb, snooze_for: SnoozeFor | None) -> None:
    click = read(form(actions=[action(action_id)]))
    assert (click.verb, click.snooze_for, click.lock) == (verb, snooze_for, a_lock().ref)


@pytest.mark.parametrize("length", SnoozeFor)
def test_a_choice_in_the_snooze_menu_is_about_the_lock_of_the_message_s_release_button(length: SnoozeFor) -> None:
    click = read(form(actions=[select({"value": length.value})]))
    assert (click.verb, click.snooze_for, click.lock) == (Verb.SNOOZE, length, a_lock().ref)


def test_a_choice_taken_back_is_nothing_to_do() -> None:
    assert parse(form(actions=[select(None)]), US) is None


def test_every_button_of_a_real_alert_can_be_parsed() -> None:
    for page in (Page(lock=a_lock()), Page(lock=HeldLock(a_lock().ref, body=Body.STATE))):
        _, blocks = message(alert_for(page, a_policy(), TAKEN + timedelta(hours=3), None))
        for element in blocks[-1]["elements"]:
            option = {"selected_option": element["options"][0]} if "options" in element else {}
            clicked = {
                "action_id": element["action_id"],
                "action_ts": "1.1",
                "value": element.get("value", ""),
            } | option
            click = read(form(actions=[clicked], message={"blocks": blocks}))
            assert click.lock == a_lock().ref


def test_a_click_in_a_message_for_one_person_has_no_message_to_edit() -> None:
    container = {"type": "message", "channel_id": CHANNEL, "message_ts": "1.1", "is_ephemeral": True}
    click = read(form(container=container, message=None))
    assert (click.channel, click.message) == (CHANNEL, "")


def test_the_same_click_delivered_again_is_the_same_and_another_is_another() -> None:
    again, another = (read(form(actions=[action("release_lock", action_ts=ts)])) for ts in ("17.1", "18.1"))
    assert again == parse(form(), US)
    assert another != again


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "view_submission"},
        {"type": "shortcut"},
        {"actions": [{"action_id": "open", "action_ts": "1"}]},
        {"actions": []},
        {"actions": [action("release_lock"), action("end_snooze")]},
    ],
)
def test_any_other_interaction_is_nothing_to_do(changes: dict[str, Any]) -> None:
    assert parse(form(**changes), US) is None


def test_a_click_without_a_name_is_malformed_and_never_the_reaper_s_own() -> None:
    for user in ("", " ", "reaper", "U", "u0alice", "U0 ALICE", "U0ALICE\n", None, 5):
        with pytest.raises(MalformedError):
            parse(form(user={"id": user, "team_id": TEAM}), US)


@pytest.mark.parametrize(
    ("changes", "home"),
    [
        ({}, TEAM),
        ({"user": {"id": ALICE}}, ""),
        ({"user": {"id": ALICE, "team_id": None}}, ""),
        ({"user": {"id": ALICE, "team_id": "T0OTHER"}}, "T0OTHER"),
        ({"user": {"id": ALICE, "team_id": "E0ACME"}, "enterprise": {"id": "E0ACME", "name": "Acme"}}, "E0ACME"),
        ({"team": None}, TEAM),
        ({"team": None, "enterprise": None, "is_enterprise_install": False}, TEAM),
        ({"team": {"id": TEAM, "enterprise_id": "E0OTHER", "enterprise_name": "Other"}}, TEAM),
    ],
    ids=range(8),
)
@pytest.mark.parametrize("us", [US, GRID], ids=["a workspace", "an organisation"])
def test_a_click_in_our_workspace_is_ours_whoever_clicked_and_the_jobs_decide(
    us: Installation, changes: dict[str, Any], home: str
) -> None:
    assert read(form(**changes), us) == msgspec.structs.replace(CLICKED, user_team=home)


ELSEWHERE = {"id": ALICE, "team_id": "T0OTHER"}
OF_ACME = {"id": "E0ACME", "name": "Acme"}


@pytest.mark.parametrize(
    "changes",
    [
        {"team": None, "enterprise": OF_ACME, "is_enterprise_install": True, "user": ELSEWHERE},
        {"team": None, "enterprise": OF_ACME, "user": {"id": ALICE}},
        {"team": {"id": "T0OTHER", "domain": "other", "enterprise_id": "E0ACME"}, "user": ELSEWHERE},
        {"team": {"id": "T0OTHER", "domain": "other"}, "enterprise": OF_ACME, "user": ELSEWHERE},
    ],
    ids=["no team", "no team of anybody", "another workspace", "another workspace, told apart"],
)
def test_a_click_anywhere_in_our_organisation_is_ours_once_the_file_names_it(changes: dict[str, Any]) -> None:
    assert read(form(**changes), GRID).user == ALICE
    with pytest.raises(MisdirectedError, match="of organisation E0ACME"):
        parse(form(**changes), US)


@pytest.mark.parametrize(
    "changes",
    [
        {"team": {"id": "T0OTHER"}},
        {"api_app_id": "A0OTHER"},
        {"api_app_id": "A0OTHER", "enterprise": OF_ACME},
        {"team": {"id": "T0OTHER", "enterprise_id": "E0OTHER"}},
        {"team": {"id": "T0OTHER"}, "enterprise": {"id": "E0OTHER"}},
        {"team": {"id": "T0OTHER", "enterprise_id": None}, "enterprise": None},
        {"team": None, "enterprise": {"id": "E0OTHER"}},
        {"team": None, "user": ELSEWHERE},
        {"team": None, "user": {"id": ALICE}},
    ],
    ids=range(9),
)
def test_another_team_s_or_app_s_click_is_misdirected(changes: dict[str, Any]) -> None:
    with pytest.raises(MisdirectedError):
        parse(form(**changes), GRID)


def test_a_click_keeps_the_address_for_its_answer() -> None:
    assert read(form(response_url=REPLY_TO)).reply_to == REPLY_TO


@pytest.mark.parametrize(
    ("changes", "why", "detail"),
    [
        ({"team": {"id": "T0OTHER"}}, Unusable.MISDIRECTED, "team T0OTHER, app A0DEMO"),
        ({"actions": [action("release_lock", value="forged")]}, Unusable.UNREADABLE, "not the value of a lock"),
        ({"container": None}, Unusable.UNREADABLE, "container"),
        ({"actions": [action("release_lock_v2")]}, Unusable.UNKNOWN, "release_lock_v2"),
        ({"actions": [action("")]}, Unusable.UNKNOWN, ""),
    ],
    ids=["another workspace", "an odd button", "odd", "an unknown button", "a button without a name"],
)
def test_a_click_that_nothing_can_be_done_with_is_answered_all_the_same(
    changes: dict[str, Any], why: Unusable, detail: str
) -> None:
    unheard = parse(form(response_url=REPLY_TO, **changes), US)
    assert isinstance(unheard, Unheard)
    assert (unheard.why, unheard.reply_to, unheard.user) == (why, REPLY_TO, "")
    assert detail in unheard.detail


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "view_submission"},
        {"type": "block_suggestion"},
        {"actions": []},
        {"actions": [action("open", url="https://example.com/")]},
        {"actions": [select(None)]},
    ],
)
def test_what_is_no_click_on_a_button_is_nobody_s_to_answer(changes: dict[str, Any]) -> None:
    assert parse(form(response_url=REPLY_TO, **changes), US) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"payload=",
        b"payload=%5B%5D",
        b"payload=" + b"%5B" * 5000,
        form(user={"id": 5}),
        form(actions=[action("release_lock", value="forged")]),
        form(actions=[action("end_snooze", value="")]),
        form(actions=[action("end_snooze", value="\ud800")]),
        form(actions=[select({"value": "forever"})]),
        form(actions=[select({"value": "1h"})], message=None),
        form(actions=[select({"value": "1h"})], message={"blocks": []}),
        form(actions=[select({"value": "1h"})], message={"blocks": [{"elements": ["text"]}]}),
        form(container=None),
    ],
    ids=range(14),
)
def test_a_payload_that_slack_would_not_send_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        parse(body, US)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(sorted(payload())), JSON, max_size=4))
def test_no_payload_breaks_anything(changes: dict[str, Any]) -> None:
    with contextlib.suppress(MalformedError, MisdirectedError):
        parse(form(**changes), US)


@given(st.binary(max_size=200), st.sampled_from([parse, parse_command]))
def test_no_body_breaks_anything(body: bytes, reading: Callable[..., object]) -> None:
    with contextlib.suppress(MalformedError, MisdirectedError):
        reading(body, US)


@pytest.mark.parametrize("text", ["all", "", "what?"])
def test_a_command_becomes_a_request_for_a_list(text: str) -> None:
    assert parse_command(command(text=text), US) == ListRequest(ALICE, CHANNEL, text)


@pytest.mark.parametrize(
    ("us", "changes"),
    [
        (US, {"team_id": "T0OTHER"}),
        (US, {"api_app_id": "A0OTHER"}),
        (US, {"team_id": "T0OTHER", "enterprise_id": "E0ACME"}),
        (GRID, {"team_id": "T0OTHER"}),
        (GRID, {"team_id": "T0OTHER", "enterprise_id": "E0OTHER"}),
        (GRID, {"api_app_id": "A0OTHER", "enterprise_id": "E0ACME"}),
    ],
    ids=range(6),
)
def test_another_team_s_or_app_s_command_is_misdirected(us: Installation, changes: dict[str, str]) -> None:
    unheard = parse_command(command(**changes), us)
    assert isinstance(unheard, Unheard)
    assert unheard.why is Unusable.MISDIRECTED
    assert unheard.detail.startswith(f"team {changes.get('team_id', TEAM)}")


@pytest.mark.parametrize("changes", [{}, {"team_id": "T0OTHER"}, {"is_enterprise_install": "true"}])
def test_a_command_anywhere_in_our_organisation_is_ours(changes: dict[str, str]) -> None:
    assert parse_command(command(enterprise_id="E0ACME", **changes), GRID) == ListRequest(ALICE, CHANNEL, "all")


@pytest.mark.parametrize(
    ("query", "body"),
    [({"ssl_check": "1"}, b""), ({}, b"ssl_check=1"), ({}, b"token=x&ssl_check=1"), ({}, b"ssl_check=1&token=x")],
)
def test_slack_s_look_at_the_certificate_is_known(query: dict[str, str], body: bytes) -> None:
    assert is_ssl_check(query, body)


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ({}, b""),
        ({"ssl_check": "0"}, b""),
        ({}, b"ssl_check=0"),
        ({}, b"text=ssl_check%3D1"),
        ({}, b"xssl_check=1"),
        ({}, b"ssl_check=11"),
        ({}, form()),
    ],
)
def test_nothing_else_passes_for_slack_s_look_at_the_certificate(query: dict[str, str], body: bytes) -> None:
    assert not is_ssl_check(query, body)


@pytest.mark.parametrize("body", [b"", b"payload=%7B%7D", command(user_id=""), command(channel_id="")])
def test_a_command_that_slack_would_not_send_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_command(body, US)
