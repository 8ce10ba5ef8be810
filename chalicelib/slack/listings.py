"""The answer to ``/tflocks``: which locks are held, for one person's eyes.

docs.slack.dev/interactivity/implementing-slash-commands: the answer to the request itself is shown as a message.
"""

from itertools import accumulate
from typing import Any

from chalicelib.core.click import Unheard
from chalicelib.core.duration import in_words
from chalicelib.core.listing import Listed, Listing
from chalicelib.slack import buttons, doubts
from chalicelib.slack.blocks import Block, context, header, section
from chalicelib.slack.lock_words import operation, said, state
from chalicelib.slack.text import mention, size
from chalicelib.slack.turned_away import nothing_done

USAGE = "`/tflocks` lists the Terraform locks held now whose alerts come to this channel, `/tflocks all` those of all."

_MOST_BLOCKS = 50
_MOST_CHARACTERS = 10_000
"""Of all texts together. Slack does not document its limit; 11,341 were too many in slackapi/bolt-js issue 2867."""
_FRAME = 2  # the header, and the line of how many more
_PATH_LIMIT, _HOLDER_LIMIT = 200, 60


def answer(listing: Listing) -> dict[str, Any]:
    """The body that answers the command."""
    if not listing.locks:
        return _private(_nothing(listing))
    shown = _that_fit([_line(listed, listing) for listed in listing.locks])
    more = len(listing.locks) - len(shown)
    count = len(listing.locks)
    title = "1 Terraform lock is held now" if count == 1 else f"{count} Terraform locks are held now"
    rest = [context(f"The oldest first; {more} more are not shown.")] if more else []
    return _private(title, [header(title), *shown, *rest])


def usage() -> dict[str, Any]:
    """The body that answers a command with an argument that nobody knows."""
    return _private(USAGE)


def turned_away(unheard: Unheard) -> dict[str, Any]:
    """The body that answers a command from another workspace."""
    return _private(nothing_done(unheard))


def unreachable() -> dict[str, Any]:
    """The body that answers a command while the lock book cannot be read."""
    return _private(":x: The lock book could not be reached just now. Please try again.")


def _private(text: str, blocks: list[Block] | None = None) -> dict[str, Any]:
    """A body that shows something to the person who asked, and to nobody else."""
    return {"response_type": "ephemeral", "text": text, "blocks": blocks or [section(text)]}


def _nothing(listing: Listing) -> str:
    if listing.everything:
        return ":white_check_mark: No Terraform lock is held now."
    if not listing.routed:
        return "No alert comes to this channel: no route leads here. `/tflocks all` lists the locks of all channels."
    return ":white_check_mark: No Terraform lock is held now that this channel's routes cover."


def _line(listed: Listed, listing: Listing) -> Block:
    record, lock = listed.record, listed.record.lock
    holder = f"by {said(lock.info.Who, _HOLDER_LIMIT)}" if lock.info else ""
    snoozed = record.snooze if record.snoozed(listing.now) else None
    parts = [
        f"{in_words(lock.age(listing.now))} {holder}".strip(),
        operation(lock) if lock.info else doubts.kind(lock),
        doubts.copied(lock, _HOLDER_LIMIT),
        f":zzz: snoozed by {mention(snoozed.by)}" if snoozed else "",
        f":bust_in_silhouette: {mention(record.asked.by)} asks to release it" if record.asked else "",
    ]
    words = f"{state(lock.ref, _PATH_LIMIT)}\n{' · '.join(filter(None, parts))}"
    if not listed.releasable:
        return section(words)
    told = {"asked": record.asked is not None, "restored": bool(record.restored_by)}
    return section(words, accessory=buttons.release(lock, second_person=listed.second_person, undo=listed.undo, **told))


def _that_fit(lines: list[Block]) -> list[Block]:
    """As many as one message takes, from the first."""
    lengths = accumulate(_characters(line) for line in lines)
    fitting = sum(length <= _MOST_CHARACTERS for length in lengths)
    return lines[: min(fitting, _MOST_BLOCKS - _FRAME)]


def _characters(value: Any) -> int:
    """Count the bytes of all the texts in a block."""
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    return (size(own) if isinstance(own, str) else 0) + sum(_characters(part) for part in value.values())
