"""Deliver messages by Slack's Web API: post and edit them in channels and threads, and tell one person alone."""

from collections.abc import Container
from functools import partial
from typing import Any

from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.clicks.click import Person
from chalicelib.ports.people import (
    ChannelRefusedError,
    MaybePostedError,
    MessageFixedError,
    MessageGoneError,
    MessengerError,
    Way,
)
from chalicelib.slack import response_url
from chalicelib.slack.reply_address import usable
from chalicelib.slack.sender import Anywhere, Errand, Sender
from chalicelib.slack.versions import Version
from chalicelib.slack.web.history import History
from chalicelib.slack.web.pace import Paces, Time
from chalicelib.slack.web.refusals import About, about
from chalicelib.slack.web.shapes import Done, PostDone
from chalicelib.slack.web.web_api import UnansweredError, WebApi, WebApiError
from chalicelib.slack.words.parts.blocks import Block

_FIXED = frozenset({"cant_update_message", "edit_window_closed"})
# A message that can never be edited again counts as gone, because the news need another message.
_GONE = frozenset({"message_not_found", "is_archived", "is_inactive", "channel_not_found"}) | _FIXED
THREAD_GONE = _GONE | {"thread_not_found", "cannot_reply_to_message"}
# Slack's codes when the app may not write to that person, or its settings lack the Messages tab
# (docs.slack.dev/reference/methods/chat.postMessage); then the codes of conversations.open, which Slack does here.
_UNREACHABLE = frozenset(
    {
        "channel_not_found",
        "messages_tab_disabled",
        "user_not_found",
        "user_not_visible",
        "user_disabled",
        "cannot_dm_bot",
    }
)


class Delivery:
    """Slack's Web API as the messenger uses it. Every method may raise the port's MessengerErrors."""

    def __init__(self, api: WebApi, api_url: str, app: str, time: Time) -> None:
        self._sender = Sender(api, time.clock)
        self._api_url = api_url
        self._paces = Paces(time.clock, time.sleep)
        self._history = History(api, app, partial(self._paces.wait, Way.LOOK))

    def busy_for(self, way: Way, channel: str) -> float:
        """Return how many seconds Slack would not take another call of this kind."""
        return self._paces.busy_for(way, channel)

    def post(
        self,
        sending: Sending,
        said: tuple[str, list[Block]],
        *,
        gone: frozenset[str] = frozenset(),
        expected: Container[str] = (),
    ) -> Posted:
        """Post a message. ``gone`` has the error codes that mean that the place is no longer there."""
        trace = sending.trace
        errand = self._errand(sending.channel, sending.beneath, trace=trace, final=gone, expected=expected)
        answer = self._send(errand, said)
        return sending.stands(answer.ts, answer.message.thread_ts or "")

    def say(self, channel: str, text: str) -> None:
        """Post a plain message without a trace, which is never looked for."""
        self._send(self._errand(channel), (text, []))

    def edit(self, posted: Posted, said: tuple[str, list[Block]]) -> None:
        """Replace the text and the blocks of a posted message."""
        place = {"channel": posted.channel, "ts": posted.handle}
        errand = Errand(method="chat_update", place=place, final=_GONE, wait=partial(self._paces.wait, Way.EDIT))
        try:
            self._sender.send(errand, Version(*said), Done)
        except WebApiError as error:
            raise _failure(error, posted.channel, _GONE) from None

    def find(self, sending: Sending) -> Posted | None:
        """Return the app's own message with the trace of ``sending``, posted since then; None: there is none."""
        try:
            ts = self._history.find(sending.channel, sending.beneath, sending.trace, sending.at)
        except WebApiError as error:
            raise _failure(error, sending.channel) from None
        return sending.stands(ts, sending.beneath) if ts else None

    def tell_alone(self, person: Person, text: str) -> None:
        """Tell one person alone: where they clicked, else by an ephemeral message, else by a direct message.

        Slack shows the answer to a command in any channel, so a click on it can come from a channel where the app or
        the person is no member; the click's own address works there too. With a user's ID as the channel, Slack sends a
        direct message (docs.slack.dev/reference/methods/chat.postMessage, "Begin a conversation in a user's App Home").
        A person who cannot be reached that way either is not tried again.
        """
        url, user, channel = person.reply_to, person.user, person.channel
        if usable(url, self._api_url) and response_url.answer(url, text):
            return
        if not user:  # a person of another workspace, whom this app's token cannot reach
            return
        said, anyhow = Version(text, []), Anywhere()
        here: dict[str, Any] = {"channel": channel, "user": user}
        alone = Errand(method="chat_postEphemeral", place=here, expected=anyhow)
        home: dict[str, Any] = {"channel": user, "unfurl_links": False}
        direct = Errand(method="chat_postMessage", place=home, final=_UNREACHABLE, expected=anyhow)
        try:
            if not (channel and self._taken(alone, said)):
                self._taken(direct, said)
        except WebApiError as error:
            raise _failure(error, channel) from None

    def _errand(self, channel: str, thread_ts: str = "", **others: Any) -> Errand:
        place = {"channel": channel, "thread_ts": thread_ts or None, "unfurl_links": False, "unfurl_media": False}
        wait = partial(self._paces.wait, Way.POST, channel)
        return Errand(method="chat_postMessage", place=place, wait=wait, **others)

    def _send(self, errand: Errand, said: tuple[str, list[Block]]) -> PostDone:
        try:
            return self._sender.send(errand, Version(*said), PostDone)
        except UnansweredError as error:
            raise MaybePostedError(str(error)) from None
        except WebApiError as error:
            # Even the shortest version of a post was refused, so the channel refuses it, whatever the code is.
            raise _failure(error, errand.place["channel"], errand.final, refused=Anywhere()) from None

    def _taken(self, errand: Errand, said: Version) -> bool:
        """Return whether Slack took it; False: Slack refused the place, the person or the message for good."""
        try:
            self._sender.send(errand, said, Done)
        except UnansweredError:
            raise
        except WebApiError as error:
            if error.code not in Anywhere():
                raise
            return False
        return True


class _OfThePlace(Container[str]):
    """The error codes that are known to be about the channel."""

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and about(code) in {About.PLACE, About.CALLING}


def _failure(
    error: WebApiError, channel: str, gone: Container[str] = (), *, refused: Container[str] = _OfThePlace()
) -> MessengerError:
    """Return the port's error for a refusal of Slack, or for a missing answer."""
    if isinstance(error, UnansweredError):
        return MessengerError(str(error))
    if error.code in gone:
        return (MessageFixedError if error.code in _FIXED else MessageGoneError)(str(error))
    return ChannelRefusedError(channel, str(error)) if error.code in refused else MessengerError(str(error))
