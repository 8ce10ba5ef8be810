"""Take a message out of the envelope that an SNS topic puts around it.

Raw delivery has no envelope: docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
The envelope's fields: docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
A topic's own messages: docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html
"""

from typing import NamedTuple

import msgspec

_DEEPEST = 3
"""Most envelopes around a message. One is usual, because a topic cannot subscribe to a topic. A forwarder makes two."""
_NOTIFICATION, _CONFIRM, _ENDED = "Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"


class EnvelopeError(ValueError):
    """SNS sent something other than an envelope with a message; the text says what, and what to do."""


class SubscriptionEndedError(EnvelopeError):
    """A topic says that it will send nothing more."""


class _Envelope(msgspec.Struct):
    type: str = msgspec.field(name="Type", default="")
    topic: str = msgspec.field(name="TopicArn", default="")
    message: str | None = msgspec.field(name="Message", default=None)


class Opened(NamedTuple):
    """A message out of its envelopes, and the ARN of the topic that sent it; "" without one.

    The topic is that of the outermost envelope: an inner one is whatever somebody published.
    """

    message: str
    topic: str


def opened(body: str) -> Opened:
    """Return the message inside all envelopes, or the body itself when it has none.

    Raises:
        EnvelopeError: for SNS's own messages, and for too many envelopes.
        msgspec.DecodeError: for anything that is not a JSON object.
    """
    topic = ""
    for _ in range(_DEEPEST + 1):
        envelope = msgspec.json.decode(body, type=_Envelope)
        if not envelope.topic:
            return Opened(body, topic)
        if envelope.type != _NOTIFICATION or envelope.message is None:
            raise _own_word(envelope)
        body, topic = envelope.message, topic or envelope.topic
    raise EnvelopeError(f"a message in more than {_DEEPEST} envelopes of SNS: let the topic send S3's own events")


def _own_word(envelope: _Envelope) -> EnvelopeError:
    topic = envelope.topic[:300]
    if envelope.type == _ENDED:
        return SubscriptionEndedError(
            f"the SNS topic {topic} sends nothing more to this queue: subscribe again if that was not meant"
        )
    if envelope.type == _CONFIRM:
        return EnvelopeError(
            f"the SNS topic {topic} asks to be confirmed and sends nothing until then: subscribe the queue again from "
            "its own account, where nothing has to be confirmed, or open the SubscribeURL of this message"
        )
    return EnvelopeError(f"a message of the kind {envelope.type[:100]!r} from the SNS topic {topic}, without an event")
