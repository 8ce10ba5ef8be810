"""Write the list of a joint alert: one message in its thread, with a button for each lock."""

from chalicelib.core.alerts.listing import Listing
from chalicelib.core.clicks.list_query import PAGE, Query
from chalicelib.core.joint.shown import JointListing
from chalicelib.slack.words.joint.buttons import turns
from chalicelib.slack.words.listings import lines
from chalicelib.slack.words.parts.blocks import Block, actions, context, header
from chalicelib.slack.words.parts.buttons import LISTED_RELEASE_ACTION
from chalicelib.slack.words.parts.text import since


def message(listing: JointListing) -> tuple[str, list[Block]]:
    """Return the text (for notifications) and the blocks of the list. It is only edited by further clicks."""
    total, title = len(listing.joint.held), "The locks of this run"
    shown = Listing(now=listing.now, query=Query(), routed=True, total=total, locks=listing.locks)
    turning = turns(listing)
    first = (listing.page - 1) * PAGE
    where = f"{first + 1} to {first + len(listing.locks)} of {total}, the oldest first" if listing.locks else ""
    held = f"{where}; held as of {since(listing.now)}. *Show the list* brings it up to date." if where else ""
    return title, [
        header(title),
        *(_listed(line) for line in lines(shown)),
        context(held or "None of them is held any more."),
        *([actions(*turning)] if turning else []),
    ]


def _listed(line: Block) -> Block:
    """Return a line whose button is known as one of a list, so that its click does not replace the list."""
    if "accessory" not in line:
        return line
    return {**line, "accessory": {**line["accessory"], "action_id": LISTED_RELEASE_ACTION}}
