"""Keep joint alerts true in a watch: count their locks, raise them, wake them, go on with what was broken off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec

from chalicelib.core.alerts.message import Saying, Sending, Topic
from chalicelib.core.alerts.page import Page
from chalicelib.core.joint import change
from chalicelib.core.joint.click import ShowJoint
from chalicelib.core.joint.joint import Joint
from chalicelib.core.joint.life import JointStep, Reached, next_step, reached
from chalicelib.core.joint.shown import JointReply
from chalicelib.core.locks.place import LockRef
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.case import Detours
from chalicelib.jobs.alerts.found import Found
from chalicelib.jobs.alerts.say import look_for, say_once
from chalicelib.jobs.joint.changing import JointClaim, changed
from chalicelib.jobs.joint.stand import post, show
from chalicelib.jobs.runs.tasks import Rank, Task, Wait
from chalicelib.ports.people import Ability, ChannelRefusedError, MessageGoneError
from chalicelib.ports.world import World


@dataclass(frozen=True)
class Attendance:
    """A watch's look at joint alerts, given the pages of all held locks."""

    world: World
    rules: Rules
    now: datetime
    detours: Detours
    held: Mapping[LockRef, Page]

    def task(self, joint: Joint) -> Task:
        """Return the task of looking at one joint alert."""
        subject = f"joint alert {joint.id}"
        if joint.unsure(self.now):
            return Task(Wait.LOOK, "", Rank.NEW, subject, partial(self._look_for, joint))
        nobody_posts_it = joint.posted is None and joint.sending is None
        act = partial(self.world.joints.forget, joint) if nobody_posts_it else partial(self._look, joint)
        return Task(Wait.BOOK, "joint alerts", Rank.KNOWN, subject, act)

    def _look_for(self, joint: Joint) -> Found:
        """Look whether a message whose answer was lost was posted."""
        if joint.sending:
            claim = JointClaim(self.world.joints, joint, joint.sending)
            look_for(claim, self.world)
            joint = claim.joint
        return self._look(joint) if joint.posted else Found()

    def _look(self, joint: Joint) -> Found:
        """Count the locks again, and return the next step as a task."""
        if joint.posted is None:
            return Found()
        _, latest = changed(self.world.joints, joint.id, lambda known: change.as_now(known, self.held))
        if latest is None:
            return Found()
        now_reached = reached(latest, self.held, self.rules, self.now)
        differs = latest.version != latest.shown_version
        step = next_step(latest, now_reached, self.rules.undo, self.now, changed=differs)
        return self._take(step, latest, now_reached)

    def _take(self, step: JointStep, joint: Joint, reached_now: Reached) -> Found:
        channel = joint.posted.channel if joint.posted else joint.channel
        subject = f"joint alert {joint.id}"
        steps = {
            JointStep.NOTHING: None,
            JointStep.RAISE: (Wait.POST, Rank.LOUDER, partial(self._raise, joint, reached_now)),
            JointStep.WAKE: (Wait.POST, Rank.LOUDER, partial(self._wake, joint, reached_now)),
            JointStep.SHOW: (Wait.EDIT, Rank.CLOSING, partial(self._show, joint)),
            JointStep.GO_ON: (Wait.BOOK, Rank.KNOWN, partial(self._go_on, joint)),
            JointStep.FORGET: (Wait.BOOK, Rank.KNOWN, partial(self.world.joints.forget, joint)),
        }
        step_found = steps[step]
        if step_found is None:
            return Found()
        kind, rank, act = step_found
        return Found(tasks=(Task(kind, channel, rank, subject, act),))

    def _raise(self, joint: Joint, reached_now: Reached) -> Found:
        over = (joint.snooze.over,) if joint.snooze else ()
        saying = (Saying(Topic.LEVEL, str(reached_now.level)), *over)
        return self._reply(joint, saying, reached_now.level, reached_now)

    def _wake(self, joint: Joint, reached_now: Reached) -> Found:
        if joint.snooze is None:
            return Found()
        by_whom = msgspec.structs.replace(reached_now, called=(joint.snooze.by,))
        return self._reply(joint, (joint.snooze.over,), joint.level, by_whom)

    def _reply(self, joint: Joint, saying: tuple[Saying, ...], level: int, called: Reached) -> Found:
        """Post one reply for all locks; then the message is edited. A message that is gone is posted again."""
        if joint.posted is None:
            return Found()
        place = {"channel": joint.posted.channel, "beneath": joint.posted.root}
        sending = Sending(about=f"joint {joint.id}", saying=saying, at=self.now, level=level, **place)
        claim = JointClaim(self.world.joints, joint, sending)
        reply = JointReply(joint=joint, sending=sending, count=called.count, called=called.called)
        try:
            posted = say_once(claim, partial(self.world.messenger.reply, reply), self.world, self.now)
        except (MessageGoneError, ChannelRefusedError):
            self._post_again(claim.joint)
            return Found()
        if posted is None:
            return Found()
        claim.said(posted)
        return self._take(JointStep.SHOW, claim.joint, called)

    def _show(self, joint: Joint) -> None:
        if not show(joint, self.world, self.rules, self.now):
            self._post_again(joint)

    def _post_again(self, joint: Joint) -> None:
        """Post a message again that was deleted. That calls people, so it waits until they may be called."""
        policies = [self.rules.policy_for(one.ref.place) for one in joint.held.values()]
        may_call = any(policy.working_hours.open_at(self.now) for policy in policies)
        if may_call and not joint.snoozed(self.now) and Ability.EDIT in self.world.messenger.can:
            post(joint, self.world, self.rules, self.now, self.detours)

    def _go_on(self, joint: Joint) -> None:
        if joint.act:
            self.world.orders.show_joint(ShowJoint(joint=joint.id, click=joint.act.click))
