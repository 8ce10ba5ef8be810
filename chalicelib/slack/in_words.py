"""Write the messages that stand in a channel or a thread and are edited there."""

from typing import assert_never

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.joint.shown import JointAlert, JointListing
from chalicelib.ports.people import Message
from chalicelib.slack.words import digests, messages
from chalicelib.slack.words.joint import lists
from chalicelib.slack.words.joint import messages as joint_messages
from chalicelib.slack.words.parts.blocks import Block


def words_of(message: Message) -> tuple[str, list[Block]]:
    """Return the text (for notifications) and the blocks of a message."""
    match message:
        case Alert():
            return messages.message(message)
        case Digest():
            return digests.message(message)
        case JointAlert():
            return joint_messages.message(message)
        case JointListing():
            return lists.message(message)
        case _:
            assert_never(message)
