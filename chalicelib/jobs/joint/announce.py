"""Tell of new alerts that belong together in joint alerts, and leave the others to whoever announces them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from chalicelib.core.joint.belonging import run_of, together
from chalicelib.core.joint.change import with_pages
from chalicelib.core.joint.joint import Joint
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.alerts.found import Found
from chalicelib.jobs.alerts.progress import Progress
from chalicelib.jobs.joint.stand import join, stand
from chalicelib.jobs.runs.tasks import Rank, Task, Wait
from chalicelib.ports.book import BookError

Alone = Callable[[str, list[Case]], None]
"""Tells of locks of a channel that no joint alert tells of."""


@dataclass
class JointTelling:
    """The new alerts of a run that belong together."""

    progress: Progress
    alone: Alone
    standing: list[Joint] = field(default_factory=list)
    """The joint alerts that the run found in the book, before it announced anything."""

    def tell(self, channel: str, cases: Sequence[Case]) -> tuple[list[Case], int]:
        """Put the joint alerts of a channel on the agenda; return the other locks, and how many alerts it puts there.

        A lock of a run that has a joint alert already joins it.
        """
        rest = list(cases)
        for joint in self.standing:
            if joint.channel == channel and (ours := _of_its_run(joint, rest)):
                refs = {case.ref for case in ours}
                rest = [case for case in rest if case.ref not in refs]
                if joint.posted:  # else the run that posts it, or the next one, has these locks join
                    self._add(channel, ours, partial(join, joint, ours))
        of_ref = {case.ref: case for case in rest}
        groups = [[of_ref[page.lock.ref] for page in group] for group in together(case.page for case in rest)]
        for group in groups:
            self._add(channel, group, partial(stand, group))
        joint_refs = {case.ref for group in groups for case in group}
        return [case for case in rest if case.ref not in joint_refs], len(groups)

    def _add(self, channel: str, cases: list[Case], act: Callable[[], list[Case]]) -> None:
        subject = f"joint alert of {len(cases)} locks in {channel}"
        then = partial(self._heard, channel, cases)
        post_in = cases[0].channel
        self.progress.agenda.add(Task(Wait.POST, post_in, Rank.NEW, subject, partial(_or_none, act), then))

    def _heard(self, channel: str, cases: list[Case], told: list[Case] | None) -> None:
        """Count the locks that are told now; None: the joint book did not answer, so they are told one by one."""
        if told is None:
            self.alone(channel, cases)
            return
        for case in cases:
            self.progress.told(case, Found(posted=int(case in told)))


def _of_its_run(joint: Joint, cases: Sequence[Case]) -> list[Case]:
    """Return the locks that belong to a joint alert, and for which it has room, if it stands or is being posted."""
    if not (joint.posted or joint.sending):
        return []
    run = run_of(joint)
    ours = [case for case in cases if run.has(case.page)]
    known = {one.ref for one in with_pages(joint, (case.page for case in ours)).locks} if ours else set()
    return [case for case in ours if case.ref in known]


def _or_none(act: Callable[[], list[Case]]) -> list[Case] | None:
    try:
        return act()
    except BookError:
        return None
