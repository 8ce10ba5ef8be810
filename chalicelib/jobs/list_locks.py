"""Answer ``/tflocks`` from the lock book alone, because Slack waits only three seconds."""

from datetime import datetime

from chalicelib.core.alerts.listing import Listing, ListRequest, listed, routed, select
from chalicelib.core.clicks.click import MembersUnknownError
from chalicelib.core.clicks.list_query import Query
from chalicelib.core.policy import Rules
from chalicelib.ports.book import GroupBook, LockList


def list_locks(request: ListRequest, locks: LockList, groups: GroupBook, rules: Rules, now: datetime) -> Listing:
    """Return the listing page that one person asked for.

    The members of user groups are those that the last watch found. They decide which buttons are shown; each click is
    authorised again.

    Raises:
        BookError
    """
    members = groups.members() if rules.groups else {}

    def in_group(group: str, user: str) -> bool:
        if group not in members:
            raise MembersUnknownError(group)
        return user in members[group]

    query = request.query or Query()
    selection = select(request, query, locks.held(holders=query.mine), rules)
    return Listing(
        now=now,
        query=query.turned_to(selection.page),
        routed=routed(request.channel, rules),
        total=selection.total,
        locks=tuple(listed(page, request.user, rules, in_group) for page in locks.pages(selection.entries)),
    )
