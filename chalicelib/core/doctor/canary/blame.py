"""Say which part of the reaper is at fault when a step of the canary fails, from what can be seen of the parts."""

from collections.abc import Callable, Iterator

import msgspec

from chalicelib.core.doctor.canary.steps import STEPS, Step


class Clues(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of the reaper when a step failed. None and "": not known."""

    wired: bool | None = None
    """Whether the bucket sends its notifications to this reaper, or the table has the stream that the rules name."""
    mapping: str = ""
    """The state of the event source mapping of the step's function."""
    function: str = ""
    """The step's function, as people call it."""
    queue: str = ""
    """The step's queue, as people call it."""
    waiting: int | None = None
    """Messages in that queue."""
    watch: str = ""
    """Why the watch could not be run, or failed; "": it ran."""
    failures: tuple[str, ...] = ()
    """The details of the journal's lines that say that something about this lock failed."""
    elsewhere: str = ""
    """The channel that has the alert in the place of the wanted one."""
    lock_there: bool | None = None


class Blame(msgspec.Struct, frozen=True):
    """What was seen, the part at fault, and what to do."""

    seen: str
    part: str
    do: str


def blame(step: Step, seen: str, clues: Clues) -> Blame:
    """Return who is at fault: the first clue that says it, else whom the table of steps names."""
    clue = next(_CLUES[step](clues), None) if step in _CLUES else None
    about = STEPS[step]
    return Blame(f"{seen}; {clue.seen}", clue.part, clue.do) if clue else Blame(seen, about.part, about.do)


def _queue(clues: Clues) -> Iterator[Blame]:
    if clues.mapping not in {"", "Enabled"}:
        what = f"the event source mapping of {clues.function} is {clues.mapping}"
        yield Blame(what, f"the event source mapping of {clues.function}", "enable it, or run make deploy again")
    if clues.waiting:
        what = f"{clues.waiting} messages wait in {clues.queue}"
        yield Blame(
            what, f"the function {clues.function}", f"read its errors in the log group: it does not take {what}"
        )


def _events(clues: Clues) -> Iterator[Blame]:
    if clues.wired is False:
        yield Blame(
            "it tells this reaper nothing of its locks",
            "the notification of the bucket, or the stream of the table",
            "tflocks connect BUCKET for a bucket; for a table switch its stream on (NEW_AND_OLD_IMAGES), name it in"
            " reaper.toml, make deploy",
        )
    yield from _queue(clues)


def _slack(clues: Clues) -> Iterator[Blame]:
    if clues.elsewhere:
        what = f"it was posted in {clues.elsewhere} instead"
        yield Blame(what, "the channel", "invite the app into the channel that was asked for: /invite @tflock-reaper")
    if clues.failures:
        what = f"the journal says: {clues.failures[-1]}"
        yield Blame(what, "Slack, or the bot token", "mend what the journal says; tflocks doctor --only slack")


def _watch(clues: Clues) -> Iterator[Blame]:
    yield from _slack(clues)
    if clues.watch:
        yield Blame(
            f"the watch could not do its work: {clues.watch}",
            "the function watch_locks",
            "enable its schedule and its concurrency, and read its errors in the log group",
        )


def _release(clues: Clues) -> Iterator[Blame]:
    if clues.failures:
        what = f"the journal says: {clues.failures[-1]}"
        yield Blame(what, "the rights of release_lock's role, or the store", "tflocks doctor --only reaper")
    yield from _queue(clues)


def _replaced(clues: Clues) -> Iterator[Blame]:
    if clues.lock_there:
        yield from _slack(clues)
        yield from _queue(clues)


_CLUES: dict[Step, Callable[[Clues], Iterator[Blame]]] = {
    Step.ACQUIRED: _events,
    Step.ALERTED: _watch,
    Step.RELEASED: _release,
    Step.TOLD: _slack,
    Step.REPLACED: _replaced,
    Step.JOURNALED: _events,
}
