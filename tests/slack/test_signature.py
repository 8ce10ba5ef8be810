"""Slack's signature, beside slack_sdk's own."""

from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier

from chalicelib.slack.requests import fits

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
# docs.slack.dev/authentication/verifying-requests-from-slack
PUBLISHED_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
PUBLISHED = ("1531420618", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")
TIMES = st.integers(0, 10**11).map(str)


class Then(Clock):
    """A clock that stands still."""

    def __init__(self, timestamp: str) -> None:
        self._at = float(timestamp)

    def now(self) -> float:
        return self._at


def test_the_signature_that_slack_publishes_as_an_example_fits() -> None:
    assert fits(SECRET, PUBLISHED_BODY, *PUBLISHED)


@given(st.text().map(str.encode), TIMES)
def test_what_slack_sdk_signs_fits(body: bytes, timestamp: str) -> None:
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=body)
    assert fits(SECRET, body, timestamp, str(signature))


@given(st.text().map(str.encode), TIMES, st.text(st.characters(max_codepoint=127)).map("v0={}".format))
def test_what_slack_sdk_refuses_does_not_fit(body: bytes, timestamp: str, signature: str) -> None:
    believed = SignatureVerifier(SECRET, Then(timestamp)).is_valid(body, timestamp, signature)
    assert fits(SECRET, body, timestamp, signature) == believed


@given(st.binary(), st.binary(), TIMES)
def test_the_signature_of_other_bytes_does_not_fit(body: bytes, other: bytes, timestamp: str) -> None:
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=b"another body")
    assert not fits(SECRET, body + other + b"!", timestamp, str(signature))
    assert not fits("another secret", b"another body", timestamp, str(signature))
