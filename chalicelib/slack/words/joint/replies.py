"""Write the replies beneath a joint alert. Unlike an edit, they notify people."""

from chalicelib.core.alerts.message import Topic
from chalicelib.core.joint.shown import JointReply
from chalicelib.slack.words.parts.blocks import Block, section
from chalicelib.slack.words.parts.text import ago, code, mention

_HOLDER_LIMIT = 200


def joint_reply(said: JointReply) -> tuple[str, list[Block]]:
    """Return the text (for notifications) and the blocks of one reply."""
    called = " ".join(mention(name) for name in said.called)
    words = f"{called} {_words(said)}".strip()
    return words, [section(words)]


def _words(said: JointReply) -> str:
    """Return the words of a reply. It is never edited, so it says nothing that the locks' end would make untrue."""
    joint = said.joint
    whose = f"of {code(joint.holder.name, _HOLDER_LIMIT)}, the oldest taken {ago(joint.since)}"
    locks = "1 lock" if said.count == 1 else f"{said.count} locks"
    if said.sending.first.topic is Topic.LEVEL:
        have = "has" if said.count == 1 else "have"
        return f"{locks} {whose}, {have} reached level {said.sending.level}."
    return f"The snooze ended while {locks} {whose}, were held."
