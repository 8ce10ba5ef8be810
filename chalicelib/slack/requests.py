"""What Slack sends: is it from Slack (the signature), is it for us (team and app), what was clicked.

docs.slack.dev/authentication/verifying-requests-from-slack
docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

import msgspec
from slack_sdk.signature import Clock, SignatureVerifier

from chalicelib.core.release import ReleaseRequest
from chalicelib.slack import lock_token
from chalicelib.slack.messages import RELEASE_ACTION

_WINDOW_SECONDS = 300
_TIMESTAMP_DIGITS = 12

SigningSecret = Callable[[bool], str]
"""Gives the signing secret; asked with True it must not answer from a cache."""


class UnverifiedError(Exception):
    """Not proven to be from Slack."""


class MisdirectedError(Exception):
    """From Slack, but for another app or from another workspace."""


class MalformedError(Exception):
    """From Slack, but not what Slack sends."""


class _Named(msgspec.Struct):
    id: str


class _User(msgspec.Struct):
    id: str
    team_id: str = ""


class _Action(msgspec.Struct):
    action_ts: str
    value: str


class _Container(msgspec.Struct):
    channel_id: str
    message_ts: str


class _BlockActions(msgspec.Struct):
    """The part of the ``block_actions`` payload of a click on Release that is used."""

    api_app_id: str
    user: _User
    container: _Container
    actions: list[_Action]
    team: _Named | None = None
    """None where an app is installed for a whole Enterprise Grid; then the user's own team counts."""

    @property
    def team_id(self) -> str:
        return self.team.id if self.team else self.user.team_id


class _ActionId(msgspec.Struct):
    action_id: str = ""


class _Payload(msgspec.Struct):
    """As much of any interaction as tells whether it is a click on Release."""

    type: str
    actions: list[_ActionId] = []

    @property
    def is_release(self) -> bool:
        return self.type == "block_actions" and [action.action_id for action in self.actions] == [RELEASE_ACTION]


def verify(body: bytes, headers: Mapping[str, str], secret: SigningSecret, clock: Clock | None = None) -> None:
    """Prove that a raw body was signed by Slack within the last five minutes.

    A signature that fails is tried once more with a fresh secret, since it may have been changed since it was read.

    Raises:
        UnverifiedError: whatever is wrong with body or headers.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    timestamp, signature = lowered.get("x-slack-request-timestamp", ""), lowered.get("x-slack-signature", "")
    clock = clock or Clock()
    # Before the secret is asked for, so that a flood of nonsense costs no call to AWS.
    if not (timestamp.isascii() and timestamp.isdigit() and signature.startswith("v0=") and signature.isascii()):
        raise UnverifiedError("no well-formed signature headers")
    if len(timestamp) > _TIMESTAMP_DIGITS or abs(clock.now() - int(timestamp)) > _WINDOW_SECONDS:
        raise UnverifiedError("signed too long ago, or by another clock")
    if not any(_valid(secret(fresh), clock, body, timestamp, signature) for fresh in (False, True)):
        raise UnverifiedError("the signature does not fit")


def parse(body: bytes, team: str, app: str) -> ReleaseRequest | None:
    """The release that was clicked; None for any other interaction, which needs an answer but nothing done.

    Raises:
        MisdirectedError, MalformedError: with what was wrong.
    """
    form = parse_qs(body.decode("utf-8", errors="replace"))
    try:
        payload = form["payload"][0].encode()
        if not msgspec.json.decode(payload, type=_Payload).is_release:
            return None
        click = msgspec.json.decode(payload, type=_BlockActions)
    except KeyError:
        raise MalformedError("no payload field") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedError(f"payload: {error}") from None
    if (click.team_id, click.api_app_id) != (team, app):
        raise MisdirectedError(f"team {click.team_id}, app {click.api_app_id}")
    return _request(click, click.actions[0])


def _valid(secret: str, clock: Clock, body: bytes, timestamp: str, signature: str) -> bool:
    try:
        return SignatureVerifier(secret, clock).is_valid(body, timestamp, signature)
    except ValueError:
        return False  # the verifier decodes the body, and this one is not text


def _request(click: _BlockActions, action: _Action) -> ReleaseRequest:
    try:
        lock = lock_token.decode(action.value)
    except ValueError as error:
        raise MalformedError(str(error)) from None
    return ReleaseRequest(
        lock=lock,
        user=click.user.id,
        user_team=click.user.team_id,
        channel=click.container.channel_id,
        message_ts=click.container.message_ts,
        click=f"{click.user.id} {action.action_ts}",
    )
