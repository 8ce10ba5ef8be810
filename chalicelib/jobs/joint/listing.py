"""Show the locks of a joint alert in one message of its thread; a click on a page button edits that message."""

from dataclasses import replace
from functools import partial

from chalicelib.core.alerts.listing import Listed
from chalicelib.core.alerts.message import Posted, Topic
from chalicelib.core.clicks.release_terms import why_not_releasable
from chalicelib.core.joint import change
from chalicelib.core.joint.click import JointOutcome
from chalicelib.core.joint.shown import JointListing, on_page
from chalicelib.core.locks.place import LockRef
from chalicelib.jobs.alerts.say import look_for, say_once
from chalicelib.jobs.joint.changing import JointClaim
from chalicelib.jobs.joint.clicked import JointClicked
from chalicelib.ports.people import Ability, ChannelRefusedError, MessageGoneError

_UNDER_WAY = "another message about these locks is on its way"


def show_list(clicked: JointClicked) -> JointOutcome:
    """Show a listing page: edit the list in the thread, or post it there if there is none. Everybody may see it."""
    clicked, listing = _listing(clicked)
    standing = clicked.joint.listing
    if standing and _edited(clicked, standing, listing):
        is_turned = clicked.click.message == standing.handle
        return JointOutcome.LISTED if is_turned else clicked.answer(JointOutcome.LISTED)
    return _post(clicked, listing)


def _listing(clicked: JointClicked) -> tuple[JointClicked, JointListing]:
    """Return a listing page with the locks of it that the lock book has as held; the others are noted as gone."""
    page, members = on_page(clicked.joint, clicked.click.page)
    found = {member.ref: clicked.world.book.find(member.ref) for member in members}
    ended: list[LockRef] = [ref for ref, known in found.items() if known is None or known.ending]
    if ended:
        _, clicked = clicked.changed(lambda known: change.without(known, ended))
    rules, locks = clicked.rules, []
    for known in found.values():
        if known and not known.ending:
            policy = rules.policy_for(known.lock.ref.place)
            may = why_not_releasable(known.lock, keeps=bool(rules.undo)) is None
            account = rules.locations.shown_account(known.lock.ref.place)
            locks.append(Listed(known, may, policy.second_person, rules.undo, account))
    return clicked, JointListing(joint=clicked.joint, now=clicked.now, page=page, locks=tuple(locks))


def _edited(clicked: JointClicked, standing: Posted, listing: JointListing) -> bool:
    """Edit the list; return whether it is there."""
    if Ability.EDIT not in clicked.world.messenger.can:
        return False
    try:
        clicked.world.messenger.edit(standing, listing)
    except (MessageGoneError, ChannelRefusedError):
        return False
    return True


def _post(clicked: JointClicked, listing: JointListing) -> JointOutcome:
    """Post the list in the thread, once for each click that asks for it."""
    joint, world = clicked.joint, clicked.world
    if joint.posted is None:
        return clicked.answer(JointOutcome.UNKNOWN)
    sending = joint.message(Topic.JOINT_LIST, clicked.click.click, clicked.now, beneath=joint.posted)
    if joint.unsure(clicked.now) and joint.sending:
        claim = JointClaim(world.joints, joint, joint.sending)
        look_for(claim, world)
        clicked = replace(clicked, joint=claim.joint)
    claim = JointClaim(world.joints, clicked.joint, sending)
    posted = say_once(claim, partial(world.messenger.post, listing, sending), world, clicked.now)
    if posted is None:
        if sending.first.name in claim.joint.said:
            return JointOutcome.LISTED
        return clicked.answer(JointOutcome.FAILED, detail=_UNDER_WAY)
    claim.said(posted)
    return JointOutcome.LISTED
