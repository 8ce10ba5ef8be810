"""Send messages by Slack's Web API."""

from collections.abc import Callable

from chalicelib.core.alerts.alert import Alert, Reply
from chalicelib.core.alerts.channel_trouble import ChannelNotice, NoticeKind
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.clicks.click import Person, Unheard, Whisper
from chalicelib.core.nights.summary import NightSummary
from chalicelib.ports.people import Ability, MessageGoneError, Way
from chalicelib.slack.delivery import THREAD_GONE, Delivery
from chalicelib.slack.sender import Anywhere
from chalicelib.slack.web.pace import REAL_TIME, Time
from chalicelib.slack.web.web_api import WebApi, uncounted
from chalicelib.slack.words import channel_notices, digests, messages, nights, replies
from chalicelib.slack.words.turned_away import nothing_done
from chalicelib.slack.words.whispers import whispered


class SlackMessenger:
    """``ports.people.Messenger`` for one app in one workspace, or in one organisation."""

    def __init__(
        self,
        token: Callable[[], str],
        api_url: str,
        app: str,
        *,
        time: Time = REAL_TIME,
        failed: Callable[[], None] = uncounted,
    ) -> None:
        self._delivery = Delivery(WebApi(token, api_url, failed, time.sleep), api_url, app, time)

    can = frozenset(Ability)

    def busy_for(self, way: Way, channel: str) -> float:
        """Return how many seconds Slack would not take another call of this kind."""
        return self._delivery.busy_for(way, channel)

    def post(self, alert: Alert, sending: Sending) -> Posted:
        """Post a new alert. If the digest that it goes beneath is gone, Slack posts it in the channel. That is fine."""
        return self._delivery.post(sending, messages.message(alert))

    def edit(self, posted: Posted, alert: Alert) -> None:
        """Replace the text of a posted alert."""
        self._delivery.edit(posted, messages.message(alert))

    def reply(self, reply: Reply) -> Posted:
        """Post a reply beneath an alert.

        Slack has no error for a thread whose first message was deleted: it posts the reply in the channel, and only its
        answer shows that (github.com/slack-go/slack/issues/1571). The reply may stay there, because it is true.
        """
        posted = self._delivery.post(reply.sending, replies.reply(reply), gone=THREAD_GONE)
        if not posted.beneath:
            raise MessageGoneError("the message to reply to is no longer there")
        return posted

    def post_digest(self, digest: Digest) -> Posted:
        """Post a digest."""
        return self._delivery.post(digest.sending, digests.message(digest))

    def edit_digest(self, digest: Digest) -> None:
        """Replace the text of a posted digest."""
        if digest.posted:
            self._delivery.edit(digest.posted, digests.message(digest))

    def find(self, sending: Sending) -> Posted | None:
        """Return the app's own message with the trace of ``sending``, posted since then; None: there is none."""
        return self._delivery.find(sending)

    def whisper(self, person: Person, whisper: Whisper) -> None:
        """Tell one person how their click ended."""
        self._delivery.tell_alone(person, whispered(whisper, person.user))

    def turn_away(self, unheard: Unheard) -> None:
        """Tell one person why nothing was done."""
        self._delivery.tell_alone(unheard.person, nothing_done(unheard))

    def notify(self, notice: ChannelNotice) -> Posted:
        """Post a notice about a channel. If that channel still refuses messages, it is not counted as a failure."""
        trying = Anywhere() if notice.kind is NoticeKind.BACK else ()
        return self._delivery.post(notice.sending, (channel_notices.notice(notice), []), expected=trying)

    def report(self, channel: str, subject: str, trouble: str | NightSummary) -> None:
        """Tell a channel of the reaper's own trouble, or of a night in which not every target was swept."""
        words = replies.trouble(subject, trouble) if isinstance(trouble, str) else nights.night(subject, trouble)
        self._delivery.say(channel, words)
