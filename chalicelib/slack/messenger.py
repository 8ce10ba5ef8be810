"""Send messages by Slack's Web API."""

from collections.abc import Callable

from chalicelib.core.alerts.alert import Reply
from chalicelib.core.alerts.channel_trouble import ChannelNotice, NoticeKind
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.clicks.click import Person, Unheard, Whisper
from chalicelib.core.doctor.weekly.news import News
from chalicelib.core.joint.click import JointAnswer
from chalicelib.core.joint.shown import JointReply
from chalicelib.core.nights.summary import NightSummary
from chalicelib.ports.people import Ability, Message, MessageGoneError, Way
from chalicelib.slack.delivery import THREAD_GONE, Delivery
from chalicelib.slack.in_words import words_of
from chalicelib.slack.sender import Anywhere
from chalicelib.slack.web.pace import REAL_TIME, Time
from chalicelib.slack.web.web_api import WebApi, uncounted
from chalicelib.slack.words import channel_notices, replies
from chalicelib.slack.words.joint import answers
from chalicelib.slack.words.joint.replies import joint_reply
from chalicelib.slack.words.parts.blocks import Block
from chalicelib.slack.words.reports import doctor, nights
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

    def post(self, message: Message, sending: Sending) -> Posted:
        """Post a message. If the digest that it goes beneath is gone, Slack posts it in the channel. That is fine."""
        return self._delivery.post(sending, words_of(message))

    def edit(self, posted: Posted, message: Message) -> None:
        """Replace the text of a posted message."""
        self._delivery.edit(posted, words_of(message))

    def reply(self, reply: Reply | JointReply) -> Posted:
        """Post a reply beneath an alert.

        Slack has no error for a thread whose first message was deleted: it posts the reply in the channel, and only its
        answer shows that (github.com/slack-go/slack/issues/1571). The reply may stay there, because it is true.
        """
        posted = self._delivery.post(reply.sending, _reply_in_words(reply), gone=THREAD_GONE)
        if not posted.beneath:
            raise MessageGoneError("the message to reply to is no longer there")
        return posted

    def find(self, sending: Sending) -> Posted | None:
        """Return the app's own message with the trace of ``sending``, posted since then; None: there is none."""
        return self._delivery.find(sending)

    def whisper(self, person: Person, whisper: Whisper | JointAnswer) -> None:
        """Tell one person how their click ended."""
        self._delivery.tell_alone(person, _answer_in_words(whisper, person.user))

    def turn_away(self, unheard: Unheard) -> None:
        """Tell one person why nothing was done."""
        self._delivery.tell_alone(unheard.person, nothing_done(unheard))

    def notify(self, notice: ChannelNotice) -> Posted:
        """Post a notice about a channel. If that channel still refuses messages, it is not counted as a failure."""
        trying = Anywhere() if notice.kind is NoticeKind.BACK else ()
        return self._delivery.post(notice.sending, (channel_notices.notice(notice), []), expected=trying)

    def report(self, channel: str, subject: str, told: str | NightSummary | News) -> None:
        """Tell a channel of the reaper's own trouble, of a night with targets that were not swept, or of a look."""
        self._delivery.say(channel, _report_in_words(subject, told))


def _report_in_words(subject: str, told: str | NightSummary | News) -> str:
    if isinstance(told, News):
        return doctor.news(told)
    return replies.trouble(subject, told) if isinstance(told, str) else nights.night(subject, told)


def _reply_in_words(reply: Reply | JointReply) -> tuple[str, list[Block]]:
    return joint_reply(reply) if isinstance(reply, JointReply) else replies.reply(reply)


def _answer_in_words(told: Whisper | JointAnswer, user: str) -> str:
    return answers.answer(told, user) if isinstance(told, JointAnswer) else whispered(told, user)
