"""The wire form of the person who waits for an answer to a click."""

from typing import Any, Protocol

import msgspec

from chalicelib.aws.orders.wire import TAG, Version


class Waiting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The person who waits for an answer, where they clicked, and Slack's address for the answer.

    These fields have the same names in every version of the form, so that each version can answer the clicks that
    another version left in the queue.
    """

    user: str = ""
    channel: str = ""
    reply_to: str = ""


class Clicked(Waiting, frozen=True, kw_only=True, tag_field=TAG):
    """A message about a click."""

    v: Version


class SomebodyWaits(Protocol):
    """Whatever says who waits for an answer."""

    @property
    def user(self) -> str:
        """Return the Slack user."""

    @property
    def channel(self) -> str:
        """Return where they clicked."""

    @property
    def reply_to(self) -> str:
        """Return Slack's address for the answer."""


def of_person(who: SomebodyWaits) -> dict[str, Any]:
    """Return the fields about the person, by the names that they have on both sides."""
    return {"user": who.user, "channel": who.channel, "reply_to": who.reply_to}
