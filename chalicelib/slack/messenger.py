"""Messages out, by Slack's Web API."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.alert import Alert, Attempt, Note, Posted
from chalicelib.core.click import Answer, Person, Unheard
from chalicelib.core.digest import Digest
from chalicelib.ports import MessageGoneError, MessengerError, ReplyLostError
from chalicelib.slack import digests, messages, notes, response_url
from chalicelib.slack.answers import private_answer
from chalicelib.slack.blocks import Block
from chalicelib.slack.pace import Pace
from chalicelib.slack.turned_away import nothing_done
from chalicelib.slack.web_api import UnansweredError, WebApi, WebApiError, uncounted

_EVENT_TYPE = "tflock_reaper"
# A message that can never be edited again is as good as gone: what there is to say needs another one.
_GONE = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "is_archived", "channel_not_found"}
)
_THREAD_GONE = _GONE | {"thread_not_found", "cannot_reply_to_message"}
_NOT_IN_CHANNEL = frozenset({"not_in_channel", "channel_not_found", "is_archived"})
_NO_WHISPERS = _NOT_IN_CHANNEL | {"user_not_in_channel"}
# The first where the app may not write to that person, the second without the Messages tab in the app's settings
# (docs.slack.dev/reference/methods/chat.postMessage); the others are those of conversations.open, which it amounts to.
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
_CANNOT_LOOK = _NOT_IN_CHANNEL | {"missing_scope", "thread_not_found"}
_CLOCKS_DIFFER = timedelta(minutes=2)
_PAGE, _PAGES = 200, 10


class SlackMessenger:
    """``ports.Messenger`` for one app in one workspace, or in one organisation."""

    def __init__(
        self,
        token: Callable[[], str],
        api_url: str,
        app: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        failed: Callable[[], None] = uncounted,
    ) -> None:
        self._api = WebApi(token, api_url, failed)
        self._api_url = api_url
        self._app = app
        # About one post a second in a channel, and 50 edits a minute in all; short bursts are fine (chat.postMessage,
        # chat.update: Tier 3; docs.slack.dev/apis/web-api/rate-limits).
        self._posts = Pace(clock, sleep, seconds=1.0, burst=4)
        self._edits = Pace(clock, sleep, seconds=1.2, burst=20)

    def post(self, alert: Alert, attempt: Attempt) -> Posted:
        """Post a new alert. Beneath a digest that is gone it becomes a message of the channel, and serves as well."""
        token = attempt.token(alert.lock.ref)
        return self._post(attempt.channel, messages.message(alert), token, attempt.thread_ts)

    def edit(self, posted: Posted, alert: Alert) -> None:
        """Make a posted alert read as it should now."""
        self._edit(posted, messages.message(alert))

    def reply(self, note: Note) -> Posted:
        """Post a reply beneath an alert.

        Slack has no error for a thread whose root was deleted: the reply then becomes a message of the channel, which
        shows in the answer alone (github.com/slack-go/slack/issues/1571). It may stay there: what it says is true.
        """
        attempt, token = note.attempt, note.attempt.token(note.alert.lock.ref)
        posted = self._post(attempt.channel, notes.note(note), token, attempt.thread_ts, _THREAD_GONE)
        if not posted.thread_ts:
            raise MessageGoneError("the message to reply to is no longer there")
        return posted

    def post_digest(self, digest: Digest) -> Posted:
        """Post a digest."""
        return self._post(digest.channel, digests.message(digest), digest.token)

    def edit_digest(self, digest: Digest) -> None:
        """Make a posted digest read as it should now."""
        if digest.posted:
            self._edit(digest.posted, digests.message(digest))

    def find(self, channel: str, thread_ts: str, token: str, since: datetime) -> Posted | None:
        """The app's own message with that token, among those posted since then."""
        place = {"channel": channel, "ts": thread_ts} if thread_ts else {"channel": channel}
        method = "conversations_replies" if thread_ts else "conversations_history"
        oldest = f"{(since - _CLOCKS_DIFFER).timestamp():.6f}"
        with _told():
            for message in self._read(method, oldest=oldest, **place):
                if self._is_own(message, token):
                    return Posted(channel, message["ts"], thread_ts)
        return None

    def whisper(self, person: Person, answer: Answer) -> None:
        """Tell one person what became of their click."""
        self._tell_alone(person, private_answer(answer, person.user))

    def turn_away(self, unheard: Unheard) -> None:
        """Tell one person why nothing was done."""
        self._tell_alone(unheard.person, nothing_done(unheard))

    def report(self, channel: str, subject: str, trouble: str) -> None:
        """Tell a channel of the reaper's own trouble."""
        self._posts.wait(channel)
        with _told():
            text = notes.trouble(subject, trouble)
            self._api.call("chat_postMessage", channel=channel, text=text, unfurl_links=False)

    def _tell_alone(self, person: Person, text: str) -> None:
        """Tell one person alone: where they clicked, else unseen in the channel, else in a direct message.

        Slack shows an answer to a command anywhere, so a click on it can come from where the app or the person is no
        member; the click's own address works there too. A user's ID as the channel is the app's direct messages with
        them (docs.slack.dev/reference/methods/chat.postMessage, "Begin a conversation in a user's App Home"). Who
        cannot be reached there either is not tried again.
        """
        url, user, channel = person.reply_to, person.user, person.channel
        if response_url.usable(url, self._api_url) and response_url.answer(url, text):
            return
        if not user:  # a person of another workspace, whom this app's token cannot reach
            return
        with _told():
            if not (channel and self._sent("chat_postEphemeral", _NO_WHISPERS, channel=channel, user=user, text=text)):
                self._sent("chat_postMessage", _UNREACHABLE, channel=user, text=text, unfurl_links=False)

    def _post(
        self,
        channel: str,
        said: tuple[str, list[Block]],
        token: str,
        thread_ts: str = "",
        gone: frozenset[str] = frozenset(),
    ) -> Posted:
        text, blocks = said
        self._posts.wait(channel)
        with _told(gone, lost=ReplyLostError):
            answer = self._api.call(
                "chat_postMessage",
                expected=gone,
                channel=channel,
                text=text,
                blocks=blocks,
                thread_ts=thread_ts or None,
                metadata={"event_type": _EVENT_TYPE, "event_payload": {"token": token}},
                unfurl_links=False,
                unfurl_media=False,
            )
        return Posted(answer["channel"], answer["ts"], answer["message"].get("thread_ts", ""))

    def _edit(self, posted: Posted, said: tuple[str, list[Block]]) -> None:
        text, blocks = said
        self._edits.wait()
        with _told(gone=_GONE):
            place = {"channel": posted.channel, "ts": posted.ts}
            self._api.call("chat_update", expected=_GONE, text=text, blocks=blocks, **place)

    def _sent(self, method: str, refusals: frozenset[str], **arguments: Any) -> bool:
        """Whether Slack took it; False for the refusals that are expected."""
        try:
            self._api.call(method, expected=refusals, **arguments)
        except WebApiError as error:
            if error.code not in refusals:
                raise
            return False
        return True

    def _read(self, method: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        """Messages page by page, as many as there can be; none where the app may not look, or without the thread.

        A channel that the app was removed from is none to wait for: its message is out of reach, there or not.
        """
        cursor = None
        asked = arguments | {"limit": _PAGE, "include_all_metadata": True}
        for _ in range(_PAGES):
            try:
                page = self._api.call(method, expected=_CANNOT_LOOK, cursor=cursor, **asked)
            except WebApiError as error:
                if error.code not in _CANNOT_LOOK:
                    raise
                return
            yield from page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    def _is_own(self, message: dict[str, Any], token: str) -> bool:
        metadata = message.get("metadata") or {}
        payload = metadata.get("event_payload") or {}
        apps = {message.get("app_id"), (message.get("bot_profile") or {}).get("app_id")}
        return self._app in apps and metadata.get("event_type") == _EVENT_TYPE and payload.get("token") == token


@contextmanager
def _told(gone: frozenset[str] = frozenset(), lost: type[MessengerError] = MessengerError) -> Iterator[None]:
    """Slack's refusals and silences as the port has them."""
    try:
        yield
    except UnansweredError as error:
        raise lost(str(error)) from None
    except WebApiError as error:
        raise (MessageGoneError if error.code in gone else MessengerError)(str(error)) from None
