"""What Slack sends: is it from Slack (the signature), is it for us (team and app), what was clicked or typed.

docs.slack.dev/authentication/verifying-requests-from-slack
docs.slack.dev/reference/interaction-payloads/block_actions-payload
docs.slack.dev/interactivity/implementing-slash-commands
"""

import html
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qsl

import msgspec
from slack_sdk.signature import Clock, SignatureVerifier

from chalicelib.core.click import Click, SnoozeFor, Verb
from chalicelib.core.listing import ListRequest
from chalicelib.core.lock import LockRef
from chalicelib.slack import lock_token
from chalicelib.slack.buttons import RELEASE_ACTION, SNOOZE_ACTION, SNOOZE_ACTIONS, VERBS
from chalicelib.slack.listings import PAGE_ACTIONS, PageTurn

_WINDOW_SECONDS = 300
_TIMESTAMP_DIGITS = 12
# "The time when the action occurred, expressed in decimal epoch time, wrapped in a string"
# (docs.slack.dev/legacy/legacy-messaging/legacy-interactive-message-field-guide, of the same field).
_Time = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,10}(\.[0-9]{1,6})?\Z")]

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


class _Option(msgspec.Struct):
    value: str


class _Action(msgspec.Struct):
    action_id: str
    action_ts: _Time
    value: str = ""
    selected_option: _Option | None = None


class _Container(msgspec.Struct):
    channel_id: str
    message_ts: str
    is_ephemeral: bool = False


class _Element(msgspec.Struct):
    action_id: str = ""
    value: str = ""


class _Block(msgspec.Struct):
    elements: list[_Element] = []


class _Message(msgspec.Struct):
    blocks: list[_Block] = []


class _BlockActions(msgspec.Struct):
    """The part of the ``block_actions`` payload of one of our clicks that is used."""

    api_app_id: str
    user: _User
    container: _Container
    actions: list[_Action]
    team: _Named | None = None
    """None where an app is installed for a whole Enterprise Grid; then the user's own team counts."""
    message: _Message | None = None
    """None for an ephemeral message."""
    response_url: str = ""

    @property
    def team_id(self) -> str:
        return self.team.id if self.team else self.user.team_id

    @property
    def page_turn(self) -> PageTurn:
        asked = ListRequest(self.user.id, self.container.channel_id, self.actions[0].value)
        return PageTurn(asked, self.response_url)

    def token(self, action: _Action) -> str:
        """The lock's: the button's value, and for a select that of the Release button in the same message."""
        if action.action_id != SNOOZE_ACTION or self.message is None:
            return action.value
        elements = (element for block in self.message.blocks for element in block.elements)
        return next((element.value for element in elements if element.action_id == RELEASE_ACTION), "")


class _ActionId(msgspec.Struct):
    action_id: str = ""


class _Payload(msgspec.Struct):
    """As much of any interaction as tells whether it is a click on one of our buttons."""

    type: str
    actions: list[_ActionId] = []

    def is_on(self, ours: Collection[str]) -> bool:
        return self.type == "block_actions" and [action.action_id in ours for action in self.actions] == [True]


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


def parse(body: bytes, team: str, app: str) -> Click | None:
    """What was clicked; None for any other interaction, which needs an answer but nothing done.

    Raises:
        MisdirectedError, MalformedError: with what was wrong.
    """
    clicked = _clicked(body, (team, app), VERBS)
    if clicked is None:
        return None
    action = clicked.actions[0]
    taken_back = action.action_id == SNOOZE_ACTION and action.selected_option is None
    return None if taken_back else _click(clicked, action)


def parse_page_turn(body: bytes, team: str, app: str) -> PageTurn | None:
    """Return which page of ``/tflocks`` is asked for; None for any other interaction.

    Raises:
        MisdirectedError, MalformedError: with what was wrong.
    """
    clicked = _clicked(body, (team, app), PAGE_ACTIONS)
    return clicked.page_turn if clicked else None


def _clicked(body: bytes, us: tuple[str, str], ours: Collection[str]) -> _BlockActions | None:
    """Return the click on one of these buttons; None for any other interaction."""
    payload = _form(body).get("payload", "").encode()
    try:
        if not msgspec.json.decode(payload, type=_Payload).is_on(ours):
            return None
        clicked = msgspec.json.decode(payload, type=_BlockActions)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedError(f"payload: {error}") from None
    _check_address((clicked.team_id, clicked.api_app_id), us)
    return clicked


def parse_command(body: bytes, team: str, app: str) -> ListRequest:
    """What ``/tflocks`` was asked.

    Raises:
        MisdirectedError, MalformedError: with what was wrong.
    """
    form = _form(body)
    try:
        _check_address((form["team_id"], form["api_app_id"]), (team, app))
        # Slack escapes what is typed as it escapes what is posted.
        return ListRequest(form["user_id"], form["channel_id"], html.unescape(form.get("text", "")))
    except KeyError as error:
        raise MalformedError(f"no field {error}") from None


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8", errors="replace")))
    except ValueError as error:
        raise MalformedError(f"form: {error}") from None


def _check_address(sent_to: tuple[str, str], us: tuple[str, str]) -> None:
    if sent_to != us:
        raise MisdirectedError(f"team {sent_to[0]}, app {sent_to[1]}")


def _valid(secret: str, clock: Clock, body: bytes, timestamp: str, signature: str) -> bool:
    try:
        return SignatureVerifier(secret, clock).is_valid(body, timestamp, signature)
    except ValueError:
        return False  # the verifier decodes the body, and this one is not text


def _click(clicked: _BlockActions, action: _Action) -> Click:
    verb, container = VERBS[action.action_id], clicked.container
    return Click(
        lock=_lock(clicked.token(action)),
        verb=verb,
        snooze_for=_snooze_for(action) if verb is Verb.SNOOZE else None,
        user=clicked.user.id,
        user_team=clicked.user.team_id,
        channel=container.channel_id,
        message_ts="" if container.is_ephemeral else container.message_ts,
        at=datetime.fromtimestamp(float(action.action_ts), UTC),
        click=f"{clicked.user.id} {action.action_ts}",
    )


def _lock(token: str) -> LockRef:
    try:
        return lock_token.decode(token)
    except ValueError as error:
        raise MalformedError(str(error)) from None


def _snooze_for(action: _Action) -> SnoozeFor:
    if action.action_id != SNOOZE_ACTION:
        return SNOOZE_ACTIONS[action.action_id]
    try:
        return SnoozeFor(action.selected_option.value if action.selected_option else "")
    except ValueError as error:
        raise MalformedError(str(error)) from None
