"""Write the replies beneath an alert, and the messages about the reaper's own troubles; each is short.

Unlike an edit, they notify people.
"""

from chalicelib.core.alerts.alert import Alert, Reply
from chalicelib.core.alerts.message import Topic
from chalicelib.slack.words import doubts, halves
from chalicelib.slack.words.endings import ending_words, released
from chalicelib.slack.words.parts.blocks import Block, section
from chalicelib.slack.words.parts.lock_words import VALUE_LIMIT, began, in_account, state
from chalicelib.slack.words.parts.text import ago, code, local_time, mention

_PATH_LIMIT = 1500
_TROUBLE_LIMIT = 2000


def reply(said: Reply) -> tuple[str, list[Block]]:
    """Return the text (for notifications) and the blocks of one reply."""
    called = " ".join(mention(name) for name in said.called)
    words = f"{called} {_words(said)}".strip()
    return words, [section(words)]


def _words(said: Reply) -> str:
    """Return the words of a reply. It is never edited, so it says nothing that the lock's end would make untrue."""
    alert, topic = said.alert, said.sending.first.topic
    path = _path(alert)
    taken = f"{began(alert.page)} {ago(alert.page.held_since)}"
    if topic is Topic.AUTO_RELEASED and alert.ending:
        undo = alert.ending.undo_until
        back = f" Its message offers to put it back until {local_time(undo)}." if undo else ""
        return f"{released(alert, alert.ending)}{back}\n{path}"
    if topic is Topic.ENDED and alert.ending:
        return f"{ending_words(alert, alert.ending)}\nThe message above cannot be edited any more.\n{path}"
    if topic is Topic.LEVEL:
        level = f"level {said.sending.level} of {len(alert.thresholds)}"
        return f"The lock has reached {level}. It was {taken}.\n{path}"
    return f"The snooze ended while the lock was held. It was {taken}.\n{path}"


def _path(alert: Alert) -> str:
    where = [halves.beside(alert.page), in_account(alert.account), doubts.copied(alert.lock)]
    return ", ".join(filter(None, [state(alert.lock.ref, _PATH_LIMIT), *where]))


def trouble(subject: str, detail: str) -> str:
    """Return the message about the reaper's own trouble with something."""
    return f":warning: *tflock-reaper has trouble with {code(subject, VALUE_LIMIT)}:* {code(detail, _TROUBLE_LIMIT)}"
