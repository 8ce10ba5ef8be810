"""Answer ``/tflocks``: say to one person alone which locks are held.

docs.slack.dev/interactivity/implementing-slash-commands: the answer to the request itself is shown as a message.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from chalicelib.core.alerts.listing import Listed, Listing, ListRequest
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.click import Unheard
from chalicelib.core.clicks.list_query import PAGE, Query
from chalicelib.core.locks.place import Clock
from chalicelib.core.version import Version
from chalicelib.slack.words import doubts, halves
from chalicelib.slack.words.parts import buttons
from chalicelib.slack.words.parts.blocks import Block, actions, button, context, header, section
from chalicelib.slack.words.parts.lock_words import began, in_account, operation, state
from chalicelib.slack.words.parts.text import ago, capital, code, code_or_nothing, mention, size
from chalicelib.slack.words.turned_away import nothing_done

USAGE = """\
`/tflocks` lists the Terraform locks held now whose alerts come to this channel, the oldest first
`/tflocks all` those of all channels
`/tflocks mine` those that are probably yours, in whatever channel
`/tflocks payments` only those whose state path contains `payments`; of all channels: `/tflocks all payments`
`/tflocks account:prod` only those in an account whose name or ID contains `prod`; `account:prod-*` where it begins so
`/tflocks page 2` the second page, of any of these: `/tflocks all payments page 2`
`/tflocks version` which version of the reaper answers here"""
PREVIOUS_ACTION, NEXT_ACTION = "list_previous", "list_next"
PAGE_ACTIONS = {PREVIOUS_ACTION, NEXT_ACTION}
"""The buttons whose value is the command that shows another listing page."""

_MOST_CHARACTERS = 10_000
"""Most bytes of all texts together. Slack documents no limit; 11,341 were too many in slackapi/bolt-js issue 2867."""


class PageTurn(msgspec.Struct, frozen=True):
    """A click on *Next page* or *Previous page*: the list to show, and where to answer."""

    request: ListRequest
    response_url: str


class _Limits(msgspec.Struct, frozen=True):
    """The most bytes of foreign text in a line."""

    path: int
    value: int
    table: int


_ROOMY, _TIGHT = _Limits(200, 60, 60), _Limits(40, 12, 0)
"""With the second, a listing page of the longest names fits."""
_WORDS_LIMIT = 200


def answer(listing: Listing) -> dict[str, Any]:
    """Return the body that answers the command."""
    if not listing.locks:
        return _private(_nothing(listing))
    title = _title(listing)
    around = [header(title), *_turning(listing)]
    return _private(title, [around[0], *lines(listing, around), *around[1:]])


def lines(listing: Listing, around: Sequence[Block] = ()) -> list[Block]:
    """Return a line for each lock of a listing page, short enough to fit into one message with what is ``around``."""
    roomy = [_line(listed, listing, _ROOMY) for listed in listing.locks]
    if sum(map(_characters, [*around, *roomy])) <= _MOST_CHARACTERS:
        return roomy
    return [_line(listed, listing, _TIGHT) for listed in listing.locks]


def usage() -> dict[str, Any]:
    """Return the body that answers a command that asks for help, or that cannot be understood."""
    return _private(USAGE)


def versions(version: Version, rules_format: int) -> dict[str, Any]:
    """Return the body that says which version of the reaper answers."""
    commit = code(version.commit, _WORDS_LIMIT)
    return _private(f"tflock-reaper {version.number}, commit {commit}, rules of format {rules_format}")


def turned_away(unheard: Unheard) -> dict[str, Any]:
    """Return the body that answers a command from another workspace."""
    return _private(nothing_done(unheard))


def unreachable() -> dict[str, Any]:
    """Return the body that answers a command while the lock book cannot be read."""
    return _private(":x: The lock book could not be reached just now. Please try again.")


def _private(text: str, blocks: list[Block] | None = None) -> dict[str, Any]:
    """Return a body that only the person who asked can see."""
    return {"response_type": "ephemeral", "text": text, "blocks": blocks or [section(text)]}


def _title(listing: Listing) -> str:
    """Say how many locks were found. The title is plain text, so it does not repeat the person's own words."""
    one = listing.total == 1
    yours = ("is" if one else "are") + " probably yours" if listing.query.mine else ""
    fits = ("fits" if one else "fit") + " what you typed" if listing.query.typed else ""
    asked = " and ".join(filter(None, [yours, fits]))
    held = "1 Terraform lock is held now" if one else f"{listing.total} Terraform locks are held now"
    return f"{held} that {asked}" if asked else held


def _nothing(listing: Listing) -> str:
    query = listing.query
    if not (query.everything or query.mine or listing.routed):
        return "No alert comes to this channel: no route leads here. `/tflocks all` lists the locks of all channels."
    nothing = ":white_check_mark: No Terraform lock is held now"
    if query.mine:
        return f"{nothing} that is probably yours{_containing(query)}. `/tflocks all` lists all that are held."
    if query.everything:
        return f"{nothing}{_containing(query, '')}."
    return f"{nothing} that this channel's routes cover{_containing(query)}.{_elsewhere(query)}"


def _containing(query: Query, joined: str = " and") -> str:
    asked = " and ".join(filter(None, [_paths(query), _accounts(query)]))
    return f"{joined} {asked}" if asked else ""


def _paths(query: Query) -> str:
    return f"whose state path contains {code(' '.join(query.words), _WORDS_LIMIT)}" if query.words else ""


def _accounts(query: Query) -> str:
    if not query.accounts:
        return ""
    return f"whose account's ID or name fits {code(' or '.join(query.accounts), _WORDS_LIMIT)}"


def _elsewhere(query: Query) -> str:
    everywhere = msgspec.structs.replace(query, everything=True, page=1)
    return f" In all channels: {code(f'/tflocks {everywhere.text}', _WORDS_LIMIT)}." if query.typed else ""


def _line(listed: Listed, listing: Listing, limits: _Limits) -> Block:
    page, lock = listed.page, listed.page.lock
    who = code_or_nothing(lock.info.Who, limits.value) if lock.info else ""
    snoozed = page.snooze if page.snoozed(listing.now) else None
    parts = [
        f"{capital(began(page))} {ago(page.held_since)}{_by(who, page)}{_clock(page)}",
        operation(lock, limits.value) if lock.info else doubts.kind(lock),
        doubts.copied(lock, limits.value),
        halves.beside(page, limits.table),
        in_account(listed.account),
        ":warning: half is gone" if halves.half_gone(page) else "",
        ":warning: another lock too" if page.rivals else "",
        f":zzz: snoozed by {mention(snoozed.by)}" if snoozed else "",
        f":bust_in_silhouette: {mention(page.asked.by)} asks to release it" if page.asked else "",
    ]
    words = f"{state(lock.ref, limits.path)}\n{' · '.join(filter(None, parts))}"
    if not (listed.releasable and buttons.fits(page)):
        return section(words)
    release = buttons.release(page, second_person=listed.second_person, undo=listed.undo)
    return section(words, accessory=release)


def _by(who: str, page: Page) -> str:
    """Name the holder: the one who took the lock, even if somebody else put it back."""
    if not who:
        return ""
    return f" by {who}" if began(page) == "taken" else f", held by {who}"


def _clock(page: Page) -> str:
    return " (its machine's clock)" if page.clock is Clock.CLIENT else ""


def _turning(listing: Listing) -> list[Block]:
    """Return the buttons for the other listing pages, and a line that says what the list leaves out."""
    query, pages = listing.query, listing.pages
    if pages == 1 and not query.narrowed:
        return []
    first = (query.page - 1) * PAGE
    where = f"{first + 1} to {first + len(listing.locks)} of {listing.total}, the oldest first" if pages > 1 else ""
    only = f"Only those{_containing(query, '')}" if query.typed else ""
    narrow = "`/tflocks payments` lists only state paths that contain `payments`" if pages > 1 and not only else ""
    said = [f"{part}." for part in (where, only, narrow) if part]
    return [*([context(" ".join(said))] if said else []), *_turns(query, pages)]


def _turns(query: Query, pages: int) -> list[Block]:
    previous = [_turn("Previous page", PREVIOUS_ACTION, query, query.page - 1)] if query.page > 1 else []
    following = [_turn("Next page", NEXT_ACTION, query, query.page + 1)] if query.page < pages else []
    return [actions(*previous, *following)] if pages > 1 else []


def _turn(name: str, action: str, query: Query, page: int) -> Block:
    return button(name, action, query.turned_to(page).text)


def _characters(value: Any) -> int:
    """Count the bytes of all the texts in a block."""
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    inside = sum(_characters(part) for part in value.values() if isinstance(part, dict))
    listed = sum(_characters(one) for part in value.values() if isinstance(part, list) for one in part)
    return (size(own) if isinstance(own, str) else 0) + inside + listed
