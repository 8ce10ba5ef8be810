"""What ``/tflocks`` answers: from the lock book alone, because Slack waits three seconds."""

from datetime import datetime

from chalicelib.book_ports import GroupBook, LockBook
from chalicelib.core.click import MembersUnknownError
from chalicelib.core.listing import Listing, ListRequest, listing
from chalicelib.core.policy import Rules


def list_locks(request: ListRequest, book: LockBook, groups: GroupBook, rules: Rules, now: datetime) -> Listing:
    """The locks that one person asked for.

    Who is in a user group is as the watch last found it; it decides which buttons are shown, and the click is
    authorised anew.

    Raises:
        BookError
    """
    members = groups.members() if rules.groups else {}

    def in_group(group: str, user: str) -> bool:
        if group not in members:
            raise MembersUnknownError(group)
        return user in members[group]

    return listing(request, book.records(), rules, in_group, now)
