import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier

from chalicelib.slack import lock_token
from chalicelib.slack.requests import MalformedError, MisdirectedError, UnverifiedError, parse, verify
from tests.builders import ALICE, APP, CHANNEL, TEAM, a_lock, a_request

SECRET = "shhh"
NOW = 1_795_231_137
BODY = b"payload=%7B%22text%22%3A%22gr%C3%BC%C3%9Fe+%2B%22%7D"


class At(Clock):
    """A clock that stands still."""

    def now(self) -> float:
        return float(NOW)


def signed(body: bytes = BODY, secret: str = SECRET, at: int = NOW) -> dict[str, str]:
    timestamp = str(at)
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": str(signature)}


def secret(_fresh: bool) -> str:
    return SECRET


def no_secret(_fresh: bool) -> str:
    raise AssertionError("the secret must not be asked for")


def payload(**changes: Any) -> dict[str, Any]:
    action = {
        "action_id": "release_lock",
        "action_ts": "17.1",
        "type": "button",
        "value": lock_token.encode(a_lock().ref),
    }
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "acme"},
        "api_app_id": APP,
        "user": {"id": ALICE, "team_id": TEAM, "username": "alice"},
        "container": {"type": "message", "channel_id": CHANNEL, "message_ts": "1.1"},
        "response_url": "https://hooks.invalid/secret",
        "actions": [action],
    } | changes


def form(**changes: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload(**changes))}).encode()


def test_what_slack_signed_is_taken() -> None:
    verify(BODY, signed(), secret, At())


@pytest.mark.parametrize("late", [-300, 300])
def test_five_minutes_are_not_too_late(late: int) -> None:
    verify(BODY, signed(at=NOW + late), secret, At())


def test_header_names_are_taken_in_any_case() -> None:
    verify(BODY, {name.lower(): value for name, value in signed().items()}, secret, At())


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
        verify(BODY, headers, secret, At())


@pytest.mark.parametrize("timestamp", ["", "abc", "1e9", "-5", "٣", "9" * 400, "1763700000.5", " "])
@pytest.mark.parametrize("signature", ["", "v0=é", "v1=00", "v0=" + "0" * 64])
def test_malformed_headers_are_turned_away_before_any_secret_is_read(timestamp: str, signature: str) -> None:
    with pytest.raises(UnverifiedError):
        verify(BODY, {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}, no_secret, At())


def test_no_headers_at_all_are_turned_away() -> None:
    with pytest.raises(UnverifiedError):
        verify(BODY, {}, no_secret, At())


@given(st.binary(max_size=200))
def test_a_body_that_is_not_text_is_turned_away_and_breaks_nothing(body: bytes) -> None:
    with pytest.raises(UnverifiedError):
        verify(body, signed(b"another"), secret, At())


def test_a_secret_changed_since_it_was_read_is_read_again() -> None:
    asked: list[bool] = []

    def rotated(fresh: bool) -> str:
        asked.append(fresh)
        return SECRET if fresh else "the old one"

    verify(BODY, signed(), rotated, At())
    assert asked == [False, True]


def test_a_click_on_release_becomes_a_request_and_carries_no_secret() -> None:
    expected = a_request(a_lock(), click="17.1")
    assert parse(form(), TEAM, APP) == expected


@pytest.mark.parametrize(
    "changes",
    [{"type": "view_submission"}, {"type": "shortcut"}, {"actions": [{"action_id": "open", "action_ts": "1"}]}],
)
def test_any_other_interaction_is_nothing_to_do(changes: dict[str, Any]) -> None:
    assert parse(form(**changes), TEAM, APP) is None


def test_in_an_enterprise_grid_the_clicker_s_own_team_counts() -> None:
    assert parse(form(team=None), TEAM, APP) == a_request(a_lock(), click="17.1")
    with pytest.raises(MisdirectedError):
        parse(form(team=None, user={"id": ALICE, "team_id": "T0OTHER"}), TEAM, APP)


def test_a_guest_without_a_team_is_left_for_release_lock_to_refuse() -> None:
    request = parse(form(user={"id": ALICE}), TEAM, APP)
    assert request is not None
    assert request.user_team == ""


@pytest.mark.parametrize("changes", [{"team": {"id": "T0OTHER"}}, {"api_app_id": "A0OTHER"}])
def test_another_team_s_or_app_s_click_is_misdirected(changes: dict[str, Any]) -> None:
    with pytest.raises(MisdirectedError):
        parse(form(**changes), TEAM, APP)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"payload=",
        b"payload=%5B%5D",
        b"payload=" + b"%5B" * 5000,
        form(user={"id": 5}),
        form(actions=[{"action_id": "release_lock", "action_ts": "1", "value": "forged"}]),
        form(container=None),
    ],
    ids=range(8),
)
def test_a_payload_that_slack_would_not_send_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        parse(body, TEAM, APP)
