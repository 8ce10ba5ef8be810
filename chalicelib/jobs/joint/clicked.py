"""A click on a joint alert in the course of a job: the joint alert, the person, the answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

import msgspec

from chalicelib.core.audit.line import LineKind, of_click
from chalicelib.core.audit.located import located
from chalicelib.core.clicks.click import MembersUnknownError, Verb, refusal
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.joint.click import JointAnswer, JointClick, JointOutcome, ShowJoint, click_on
from chalicelib.core.joint.joint import Joint, Member
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.policy import Rules
from chalicelib.jobs.joint.changing import Change, changed
from chalicelib.jobs.joint.stand import show
from chalicelib.ports.book import BookError
from chalicelib.ports.people import DirectoryError
from chalicelib.ports.world import World

_VERBS = {
    JointVerb.RELEASE: Verb.RELEASE,
    JointVerb.SNOOZE: Verb.SNOOZE,
    JointVerb.WAKE: Verb.WAKE,
    JointVerb.WITHDRAW: Verb.WITHDRAW,
    JointVerb.PUT_BACK: Verb.PUT_BACK,
    JointVerb.LIST: Verb.WAKE,
}
"""For each verb, the one that asks as much of a single lock."""
_ASK_A_RELEASER = {Refusal.NOT_LISTED, Refusal.UNKNOWN_MEMBERS}


@dataclass(frozen=True)
class JointClicked:
    """A click on a joint alert, with the joint alert as it was when it was looked up."""

    click: JointClick
    joint: Joint
    world: World
    rules: Rules
    now: datetime

    @property
    def is_delivered_again(self) -> bool:
        """Return whether this click's act has begun: the queue delivers it again, or it hands itself on."""
        return self.joint.act is not None and self.joint.act.click == self.click.click

    def changed(self, by: Change) -> tuple[bool, "JointClicked"]:
        """Change the joint alert; return whether it was changed, and the case with the version that is stored now."""
        taken, known = changed(self.world.joints, self.joint.id, by)
        return taken, replace(self, joint=known or self.joint)

    def answer(self, outcome: JointOutcome, **others: object) -> JointOutcome:
        """Tell only the person who clicked what came of it; return that."""
        told = {"verb": self.click.verb, "outcome": outcome, "count": len(self.joint.held)}
        self.world.messenger.whisper(self.click.person, msgspec.convert(told | others, JointAnswer))
        return outcome

    def show(self) -> None:
        """Have the message show what is true now."""
        show(self.joint, self.world, self.rules, self.now)

    def show_progress(self) -> None:
        """Order that the message shows how far the click is."""
        self.world.orders.show_joint(ShowJoint(joint=self.joint.id, click=self.click.click))

    def refused_for(self, members: Iterable[Member], user: str = "") -> tuple[Refusal, Member] | None:
        """Return why the person may not do it, and to which lock; None when they may do it to each of them."""
        verb = _VERBS[self.click.verb]
        asking = msgspec.structs.replace(self.click, user=user or self.click.user)
        in_group, colleague = cache(self._in_group), cache(self._colleague)
        for member in members:
            single = click_on(member, asking, verb)
            if why := refusal(single, self.rules, in_group, colleague, self.joint.owner):
                return why, member
        return None

    def refuse(self, why: Refusal, member: Member | None = None) -> JointOutcome:
        """Tell the person that they may not, and journal that in one line."""
        about = member or self.joint.locks[0]
        ending = Ending(outcome=Outcome.REFUSED, at=self.now, user=self.click.user, refusal=why)
        kind = LineKind.RELEASE_REFUSED if self.click.verb.releases else LineKind.CLICK_REFUSED
        self.journal(kind, about, ending)
        releasers = self.rules.policy_for(about.ref.place).releasers if why in _ASK_A_RELEASER else ()
        path = about.ref.state_path if member else ""
        return self.answer(JointOutcome.REFUSED, refusal=why, state_path=path, releasers=releasers)

    def journal(self, kind: LineKind, about: Member, ending: Ending | None = None, **others: object) -> None:
        """Write one line about the click as a whole; ``about`` is the lock that it names."""
        single = msgspec.structs.replace(click_on(about, self.click), message=self.click.message)
        fields = {"joint_click": self.click.click, **others}
        line = of_click(kind, single, None, self.now, ending, **fields)
        self.world.journal.write(located(line, about.ref.place, self.rules))

    def _in_group(self, group: str, user: str) -> bool:
        try:
            return user in self.world.directory.members(group)
        except DirectoryError as error:
            raise MembersUnknownError(str(error)) from error

    def _colleague(self, user: str) -> bool:
        try:
            return self.world.directory.belongs(user, self.rules.enterprise)
        except DirectoryError as error:
            raise MembersUnknownError(str(error)) from error


def carry_out(
    act: Callable[[JointClicked], JointOutcome], click: JointClick, world: World, rules: Rules, now: datetime
) -> JointOutcome:
    """Carry out a click, and tell the person if the joint alert is not remembered or the book does not answer."""
    try:
        joint = world.joints.find(click.joint)
        if joint is None:
            return _tell(click, world, JointOutcome.UNKNOWN)
        return act(JointClicked(click, joint, world, rules, now))
    except BookError as error:
        return _tell(click, world, JointOutcome.FAILED, str(error))


def _tell(click: JointClick, world: World, outcome: JointOutcome, detail: str = "") -> JointOutcome:
    world.messenger.whisper(click.person, JointAnswer(verb=click.verb, outcome=outcome, detail=detail))
    return outcome
