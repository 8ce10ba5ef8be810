"""What the two functions that carry out clicks share: by which rules, and how they turn a click away."""

from aws_lambda_powertools import Logger

from chalicelib import wiring
from chalicelib.core.clicks.click import Click, Unheard
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.policy import Rules
from chalicelib.ports.book import BookError

logger = Logger(child=True)


def rules_for(order: Click | AutoRelease | EndUndo) -> Rules:
    """Return the rules for an order about a lock; a person who waits is told if the targets are not known just now.

    Raises:
        BookError: they are not, and nobody waits; the queue delivers the order again.
    """
    try:
        return wiring.rules_for(order.lock.place)
    except BookError:
        if not isinstance(order, Click) or order.part:
            raise
        return wiring.rules()


def turn_away(unheard: Unheard) -> None:
    """Tell the person that their click cannot be carried out. It is not tried again."""
    logger.warning("a click was not carried out", why=unheard.why, reason=unheard.detail)
    wiring.world().messenger.turn_away(unheard)
