"""Write the digest: one message for many new alerts of a channel, which have a line each in its thread."""

from collections.abc import Sequence

from chalicelib.core.alerts.digest import Digest, Named
from chalicelib.core.locks.place import Clock
from chalicelib.slack.words.parts.blocks import Block, context, header, section
from chalicelib.slack.words.parts.lock_words import in_account, in_containers, is_in_path, named_account
from chalicelib.slack.words.parts.text import ago, channel, code, exact, since

_PATH_LIMIT = 400
_MOST_ACCOUNTS = 5


def message(digest: Digest) -> tuple[str, list[Block]]:
    """Return the text (for notifications) and the blocks of a digest, as it should read now."""
    sign, title = _title(digest)
    named = [f"• {_named(one)}" for one in digest.oldest]
    blocks = [header(f"{sign} {title}"), section("\n".join([f"*The oldest*{_once(digest)}", *named]))]
    return title, [*blocks, context(*_small_print(digest))]


def _named(lock: Named) -> str:
    place = lock.place if lock.place and not is_in_path(lock.place) else None
    known = [in_containers([place], known=place.account) if place else "", in_account(lock.account)]
    where = "".join(f", {one}" for one in known if one)
    taken = "first seen" if lock.clock is Clock.REAPER else "taken"
    copy = " (a copy of another state's lock)" if lock.copy else ""
    clock = " (its machine's clock)" if lock.clock is Clock.CLIENT else ""
    return f"{code(exact(lock.state_path), _PATH_LIMIT)}{where}, {taken} {ago(lock.held_since)}{clock}{copy}"


def _title(digest: Digest) -> tuple[str, str]:
    if not digest.held:
        return ":white_check_mark:", f"{digest.total} Terraform locks were held too long, all of them are gone"
    if digest.held < digest.total:
        are = "is" if digest.held == 1 else "are"
        return ":hourglass_flowing_sand:", f"{digest.held} of {digest.total} Terraform locks {are} still held too long"
    return ":hourglass_flowing_sand:", f"{digest.total} Terraform locks are held too long"


def _once(digest: Digest) -> str:
    """Say when the names were true. They stay in the message when the locks are gone."""
    return " when this was posted" if digest.held < digest.total else ""


def _meant_for(digest: Digest) -> str:
    if not digest.instead_of:
        return ""
    return f"Meant for {channel(digest.instead_of)}, where Slack did not let the reaper post them."


def _small_print(digest: Digest) -> list[str]:
    if not digest.held:
        return ["How each of them ended is in the thread."]
    more = "1 more follows" if digest.waiting == 1 else f"{digest.waiting} more follow"
    return [
        _meant_for(digest),
        in_accounts(digest.accounts),
        _lines(digest),
        f"{more} in a digest of their own." if digest.waiting else "",
    ]


def in_accounts(accounts: Sequence[tuple[str, int]]) -> str:
    """Say how many locks are in which account; "" while all targets are in one account."""
    if not accounts:
        return ""
    parts = [f"{count} in {named_account(account)}" for account, count in accounts[:_MOST_ACCOUNTS]]
    others = accounts[_MOST_ACCOUNTS:]
    if others:
        parts.append(f"{sum(count for _, count in others)} in {len(others)} more accounts")
    return f"By account: {', '.join(parts)}."


def _lines(digest: Digest) -> str:
    """Say how many alerts are in the thread and as of when, so that it stays true if the run breaks off."""
    if not digest.coming:
        return "Each has its own message with its own buttons in the thread."
    there = digest.held - digest.coming
    return (
        "Each gets its own message with its own buttons in the thread, the oldest first: "
        f"{there} of {digest.held} are there as of {since(digest.as_of)}."
    )
