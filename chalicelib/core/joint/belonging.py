"""Decide which locks one dead run left behind. A wrong guess would put strangers' locks beneath one button.

Locks belong together when the same run holds them and they were taken one soon after the other. The name of a run is
the session name in its AWS identity, which AWS vouches for; without an identity it is ``Who``, by the client's word.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.alerts.owner import session_name
from chalicelib.core.alerts.page import Page
from chalicelib.core.canary import is_canary
from chalicelib.core.joint.joint import MOST, ROOM, Holder, Joint, member_of
from chalicelib.core.locks.copies import copy_of
from chalicelib.core.locks.lock import Body
from chalicelib.core.locks.place import LockRef, Place

FEWEST, FEWEST_BY_NAME = 2, 3
"""Fewest locks that become a joint alert: of a single run, and of a name that many runs may have.

A lone lock keeps its own message, with all the evidence. So do two locks of ``root@runner``: these are as likely two
runs, of which one may be alive.
"""
APART = timedelta(minutes=30)
"""Longest time between two locks of one run, when its name may be that of many runs (``root@runner``)."""
FAR_APART = timedelta(hours=6)
"""The same when the name is that of a single run (``GitHubActions-7001234567``): a CI job may last six hours."""
_OF_ONE_RUN = re.compile(
    r"(?<![0-9A-Za-z])(?!20[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])(?:[0-9]{2})?(?![0-9]))"
    r"(?:[0-9]{8,11}|[0-9]{13,})(?![0-9A-Za-z])|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-"
)
"""The number or the UUID by which a CI system tells its runs apart. Twelve digits are an AWS account's, fewer than
eight may be a person's, and a day or an hour (20261121, 2026112114) has many runs."""
_OF_AN_INSTANCE = re.compile(r"i-[0-9a-f]{8,17}")
"""The session of an EC2 instance has the instance's ID, and many runs work there."""


def holder_of(page: Page) -> Holder | None:
    """Return the run that holds a lock; None for a lock that is always told by itself.

    Such are a lock that cannot be read, a copy of another place's lock, a lock beside another holder's, and one that
    names nobody: each needs evidence of its own. A canary is looked for by itself.
    """
    lock, info = page.lock, page.lock.info
    if info is None or lock.flaw or lock.body is not Body.LOCK or copy_of(lock) or page.rivals or is_canary(lock):
        return None
    session = session_name(page.principal)
    if is_of_one_run(session):
        return Holder(session)
    return Holder(session, info.Who) if info.Who.strip() else None


def is_of_one_run(session: str) -> bool:
    """Return whether a session name is one that no two runs have."""
    return _OF_ONE_RUN.search(session) is not None and not _OF_AN_INSTANCE.fullmatch(session)


def apart(holder: Holder) -> timedelta:
    """Return the longest time between two locks of one run of this holder."""
    return APART if holder.who else FAR_APART


def fewest(holder: Holder) -> int:
    """Return how many locks of this holder at least become a joint alert."""
    return FEWEST_BY_NAME if holder.who else FEWEST


def together(pages: Iterable[Page]) -> list[list[Page]]:
    """Return the locks that belong together, the oldest first; locks that belong to no other are left out.

    So are two locks of one state path that are no halves of each other: one of them is in the wrong place.
    """
    by_holder: dict[Holder, list[Page]] = {}
    in_order = sorted(pages, key=lambda one: (one.held_since, one.lock.ref.state_path))
    of_path = Counter(page.lock.ref.state_path for page in in_order)
    for page in in_order:
        if of_path[page.lock.ref.state_path] == 1 and (holder := holder_of(page)):
            by_holder.setdefault(holder, []).append(page)
    groups = [(holder, group) for holder, all_of in by_holder.items() for group in _in_groups(all_of, apart(holder))]
    return [group for holder, group in groups if len(group) >= fewest(holder)]


class Run(msgspec.Struct, frozen=True):
    """The run that an open joint alert is about, with what tells whether a lock is its."""

    holder: Holder
    first: datetime
    last: datetime
    places: dict[str, Place]
    """The places of the joint alert's locks, by their state paths."""
    refs: frozenset[LockRef]
    """The locks of the joint alert."""

    def has(self, page: Page) -> bool:
        """Return whether a lock is this run's: one of the joint alert, or taken by the run near to them."""
        if page.lock.ref in self.refs:
            return True
        place = page.lock.ref.place
        if self.places.get(place.state_path, place) != place:
            return False
        near = self.first - apart(self.holder) <= page.held_since <= self.last + apart(self.holder)
        return near and holder_of(page) == self.holder


def run_of(joint: Joint) -> Run:
    """Return the run that a joint alert is about."""
    taken = [one.taken for one in joint.locks]
    places = {one.ref.state_path: one.ref.place for one in joint.locks}
    return Run(joint.holder, min(taken), max(taken), places, frozenset(one.ref for one in joint.locks))


def _in_groups(pages: Sequence[Page], most: timedelta) -> list[list[Page]]:
    """Part the locks of one holder where too much time is between two, or where a joint alert has no more room."""
    groups: list[list[Page]] = []
    size = 0
    for page in pages:
        own = member_of(page).size
        near = groups and page.held_since - groups[-1][-1].held_since <= most
        if near and len(groups[-1]) < MOST and size + own <= ROOM:
            groups[-1].append(page)
            size += own
        else:
            groups.append([page])
            size = own
    return groups
