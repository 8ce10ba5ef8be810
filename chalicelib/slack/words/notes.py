"""The replies beneath an alert, and the reaper's own troubles: unlike an edit they are heard, so each is short."""

from chalicelib.core.alerts.alert import Alert, Note
from chalicelib.core.alerts.message import AUTO_RELEASED, ENDED
from chalicelib.slack.words import doubts
from chalicelib.slack.words.endings import ending_words, released
from chalicelib.slack.words.parts.blocks import Block, section
from chalicelib.slack.words.parts.lock_words import VALUE_LIMIT, put_back_or, state
from chalicelib.slack.words.parts.text import ago, code, local_time, mention

_PATH_LIMIT = 1500
_TROUBLE_LIMIT = 2000


def note(said: Note) -> tuple[str, list[Block]]:
    """The text (for notifications) and the blocks of one reply."""
    called = " ".join(mention(name) for name in said.called)
    words = f"{called} {_words(said)}".strip()
    return words, [section(words)]


def _words(said: Note) -> str:
    """Return what a reply says. Nobody edits it later, so it says nothing that the lock's end would make untrue."""
    alert, first = said.alert, said.attempt.saying[0]
    path = _path(alert)
    taken = f"{put_back_or('taken', alert.record)} {ago(alert.lock.ref.since)}"
    if first == AUTO_RELEASED and alert.ending:
        undo = alert.ending.undo_until
        back = f" Its message offers to put it back until {local_time(undo)}." if undo else ""
        return f"{released(alert, alert.ending)}{back}\n{path}"
    if first == ENDED and alert.ending:
        return f"{ending_words(alert, alert.ending)}\nThe message above cannot be edited any more.\n{path}"
    if first.startswith("level"):
        level = f"level {said.attempt.level} of {len(alert.thresholds)}"
        return f"Has reached {level}. The lock was {taken}.\n{path}"
    return f"The snooze ended while the lock was held. It was {taken}.\n{path}"


def _path(alert: Alert) -> str:
    path, copied = state(alert.lock.ref, _PATH_LIMIT), doubts.copied(alert.lock)
    return f"{path}, {copied}" if copied else path


def trouble(subject: str, detail: str) -> str:
    """The reaper's own trouble with something."""
    return f":warning: *tflock-reaper has trouble with {code(subject, VALUE_LIMIT)}:* {code(detail, _TROUBLE_LIMIT)}"
