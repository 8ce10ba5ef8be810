"""Read what Slack sends: check that it is from Slack (signature) and for this app (team and app), then read it.

docs.slack.dev/authentication/verifying-requests-from-slack
docs.slack.dev/reference/interaction-payloads/block_actions-payload
docs.slack.dev/interactivity/implementing-slash-commands
"""

import hashlib
import hmac
import html
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec

from chalicelib.core.alerts.listing import ListRequest
from chalicelib.core.clicks.click import Click, SnoozeFor, Unheard, Unusable, Verb
from chalicelib.core.joint.click import JointClick
from chalicelib.slack.installation import Installation, Sender
from chalicelib.slack.joint_clicks import joint_click
from chalicelib.slack.payloads import Action, BlockActions, Interaction, Waiting
from chalicelib.slack.reply_address import usable
from chalicelib.slack.words.listings import PageTurn
from chalicelib.slack.words.parts import lock_value
from chalicelib.slack.words.parts.buttons import LISTED_RELEASE_ACTION, SNOOZE_ACTION, SNOOZE_ACTIONS, VERBS

_WINDOW_SECONDS = 300
_TIMESTAMP_DIGITS = 12
T = TypeVar("T")
SigningSecret = Callable[[bool], str]
"""Returns the signing secret. The argument True asks for a fresh one."""
Clock = Callable[[], float]
"""Returns the seconds since 1970."""
Parse = Callable[[bytes, Installation], T]
"""Reads a body that Slack has signed."""


class UnverifiedError(Exception):
    """A request that is not proven to be from Slack."""


class MisdirectedError(Exception):
    """A request from Slack for another app or from another workspace."""


class MalformedError(Exception):
    """A request from Slack that does not have the form that Slack documents."""


def verify(body: bytes, headers: Mapping[str, str], secret: SigningSecret, clock: Clock = time.time) -> None:
    """Prove that a raw body was signed by Slack within the last five minutes.

    A wrong signature is checked again with a fresh secret, because the cached one may be out of date.

    Raises:
        UnverifiedError: anything is wrong with the body or the headers.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    timestamp, signature = lowered.get("x-slack-request-timestamp", ""), lowered.get("x-slack-signature", "")
    # Checked before the secret is read, so that a flood of nonsense causes no calls to AWS.
    if not (timestamp.isascii() and timestamp.isdigit() and signature.startswith("v0=") and signature.isascii()):
        raise UnverifiedError("no well-formed signature headers")
    if len(timestamp) > _TIMESTAMP_DIGITS or abs(clock() - int(timestamp)) > _WINDOW_SECONDS:
        raise UnverifiedError("signed too long ago, or by another clock")
    if not any(fits(secret(fresh), body, timestamp, signature) for fresh in (False, True)):
        raise UnverifiedError("the signature does not fit")


def fits(secret: str, body: bytes, timestamp: str, signature: str) -> bool:
    """Return whether this signature is of these bytes at this time, by this secret.

    Slack's rule: docs.slack.dev/authentication/verifying-requests-from-slack. slack_sdk has the same, but whatever is
    imported of it imports its whole Web API, which a first click would wait for.
    """
    signed = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


def is_ssl_check(query: Mapping[str, str], body: bytes) -> bool:
    """Return whether Slack only checks the certificate. Such a request is not signed and expects a 200.

    docs.slack.dev/interactivity/implementing-slash-commands, ``ssl_check``
    """
    return query.get("ssl_check") == "1" or b"ssl_check=1" in body.split(b"&")


def parse(body: bytes, us: Installation) -> Click | JointClick | PageTurn | Unheard | None:
    """Read a click; return None for any other interaction, which needs only a 200.

    Return an ``Unheard`` for a click that cannot be carried out, if Slack gave an address for an answer.

    Raises:
        MisdirectedError, MalformedError: say what is wrong; there is nobody to answer.
    """
    payload = _form(body).get("payload", "").encode()
    reply_to = _reply_to(payload, us)
    try:
        return _read(payload, us, reply_to)
    except MisdirectedError as error:
        if not reply_to:
            raise
        return Unheard(why=Unusable.MISDIRECTED, detail=str(error), reply_to=reply_to)
    except MalformedError as error:
        if not reply_to:
            raise
        return Unheard(why=Unusable.UNREADABLE, detail=str(error), reply_to=reply_to)


def parse_command(body: bytes, us: Installation) -> ListRequest | Unheard:
    """Read a ``/tflocks`` command; return an ``Unheard`` if it is for another workspace.

    Raises:
        MalformedError: says what is wrong.
    """
    form = _form(body)
    try:
        sender = Sender(app=form["api_app_id"], team=form["team_id"], enterprise=form.get("enterprise_id", ""))
        _check_address(sender, us)
        # Slack escapes typed text in the same way as posted text.
        return ListRequest(form["user_id"], form["channel_id"], html.unescape(form.get("text", "")))
    except KeyError as error:
        raise MalformedError(f"no field {error}") from None
    except MisdirectedError as error:
        return Unheard(why=Unusable.MISDIRECTED, detail=str(error))


def _read(payload: bytes, us: Installation, reply_to: str) -> Click | JointClick | PageTurn | Unheard | None:
    interaction = _decoded(payload, Interaction)
    if not (interaction.is_ours or interaction.is_joint or interaction.turns_a_page):
        unknown = interaction.is_click and bool(reply_to)
        return Unheard(detail=interaction.actions[0].action_id, reply_to=reply_to) if unknown else None
    clicked = _decoded(payload, BlockActions)
    _check_address(clicked.sender, us)
    action = clicked.actions[0]
    if interaction.turns_a_page:
        return _page_turn(clicked, action, reply_to)
    if interaction.is_joint:
        return _joint_click(clicked, action, reply_to)
    taken_back = action.action_id == SNOOZE_ACTION and action.selected_option is None
    return None if taken_back else _click(clicked, action, reply_to)


def _page_turn(clicked: BlockActions, action: Action, reply_to: str) -> PageTurn:
    if not reply_to:
        raise MalformedError("a page was asked for, and there is no response_url of Slack's to show it at")
    return PageTurn(ListRequest(clicked.user.id, clicked.container.channel_id, action.value), reply_to)


def _joint_click(clicked: BlockActions, action: Action, reply_to: str) -> JointClick | None:
    try:
        return joint_click(clicked, action, reply_to)
    except ValueError as error:
        raise MalformedError(str(error)) from None


def _check_address(sender: Sender, us: Installation) -> None:
    if not us.concerns(sender):
        raise MisdirectedError(str(sender))


def _decoded(payload: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedError(f"payload: {error}") from None


def _reply_to(payload: bytes, us: Installation) -> str:
    """Return the address for answers to an interaction; "" if there is none, or it is not Slack's."""
    try:
        url = msgspec.json.decode(payload, type=Waiting).response_url
    except (msgspec.DecodeError, RecursionError):
        return ""
    return url if usable(url, us.api_url) else ""


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8", errors="replace")))
    except ValueError as error:
        raise MalformedError(f"form: {error}") from None


def _click(clicked: BlockActions, action: Action, reply_to: str) -> Click:
    verb, container = VERBS[action.action_id], clicked.container
    shown = _shown(clicked, action)
    return Click(
        lock=shown.lock,
        halves=shown.halves,
        verb=verb,
        snooze_for=_snooze_for(action) if verb is Verb.SNOOZE else None,
        user=clicked.user.id,
        user_team=clicked.user.team_id or "",
        channel=container.channel_id,
        message="" if container.is_ephemeral or action.action_id == LISTED_RELEASE_ACTION else container.message_ts,
        at=datetime.fromtimestamp(float(action.action_ts), UTC),
        click=f"{clicked.user.id} {action.action_ts}",
        reply_to=reply_to,
    )


def _shown(clicked: BlockActions, action: Action) -> lock_value.Shown:
    try:
        return lock_value.decode(clicked.value(action))
    except ValueError as error:
        raise MalformedError(str(error)) from None


def _snooze_for(action: Action) -> SnoozeFor:
    if action.action_id != SNOOZE_ACTION:
        return SNOOZE_ACTIONS[action.action_id]
    try:
        return SnoozeFor(action.selected_option.value if action.selected_option else "")
    except ValueError as error:
        raise MalformedError(str(error)) from None
