"""Say which part of the reaper is at fault when a step of the canary fails, from what can be seen of the parts."""

from collections.abc import Callable, Iterator
from shlex import quote

import msgspec

from chalicelib.core.doctor.canary.steps import STEPS, Step


class Clues(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of the reaper when a step failed. None and "": not known."""

    wired: bool | None = None
    """Whether the bucket sends its notifications to this reaper, or the rules name a stream of the table."""
    bucket: str = ""
    """The bucket of the canary, or..."""
    table: str = ""
    """...its table."""
    mapping: str = ""
    """The state of the event source mapping of the step's function."""
    mapping_id: str = ""
    """The UUID of that mapping."""
    function: str = ""
    """The step's function, as people call it."""
    watcher: str = ""
    """The name of the deployed function that watches."""
    log_group: str = ""
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


class Blame(msgspec.Struct, frozen=True):
    """What was seen, the part at fault, and what to do."""

    seen: str
    part: str
    do: str


def blame(step: Step, seen: str, clues: Clues) -> Blame:
    """Return who is at fault: the first clue that says it, else whom the table of steps names."""
    clue = next(_CLUES[step](clues), None) if step in _CLUES else None
    about = STEPS[step]
    if clue is None:
        return Blame(seen, about.part, about.do)
    return Blame(seen if clue.seen in seen else f"{seen}; {clue.seen}", clue.part, clue.do)


def _queue(clues: Clues) -> Iterator[Blame]:
    if clues.mapping not in {"", "Enabled"}:
        what = f"the event source mapping of {clues.function} is {clues.mapping}"
        enable = f"aws lambda update-event-source-mapping --uuid {quote(clues.mapping_id)} --enabled"
        do = enable if clues.mapping_id else "deploy again (make deploy): the stack makes it"
        yield Blame(what, f"the event source mapping of {clues.function}", do)
    if clues.waiting:
        what = f"{clues.waiting} messages wait in {clues.queue}"
        yield Blame(what, f"the function {clues.function}", f"read why it does not take them: {_log(clues)}")


def _events(clues: Clues) -> Iterator[Blame]:
    if clues.wired is False and clues.table:
        yield Blame("the rules name no stream of it", "the stream of the table", _switch_on(clues.table))
    elif clues.wired is False:
        seen = "the bucket sends its notifications elsewhere, or none"
        yield Blame(seen, "the notification of the bucket", f"tflocks connect {quote(clues.bucket)}")
    yield from _queue(clues)


def _switch_on(table: str) -> str:
    view = "StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES"
    command = f"aws dynamodb update-table --table-name {quote(table)} --stream-specification {view}"
    return f"{command}; then name its LatestStreamArn as stream in the target in reaper.toml, and make deploy"


def _log(clues: Clues) -> str:
    return f"aws logs tail {quote(clues.log_group)} --since 1h --filter-pattern ERROR"


def _slack(clues: Clues) -> Iterator[Blame]:
    if clues.elsewhere:
        what = f"it was posted in {clues.elsewhere} instead"
        yield Blame(what, "the channel", "in that channel of Slack, type /invite and the name of the app")
    if clues.failures:
        do = "mend what the journal says, then run this again; tflocks doctor --only slack says more"
        yield Blame(clues.failures[-1], "Slack, or the bot token", do)


def _watch(clues: Clues) -> Iterator[Blame]:
    yield from _slack(clues)
    if clues.watch:
        limit = f"aws lambda get-function-concurrency --function-name {quote(clues.watcher)}"
        do = f"look whether it may run ({limit}: 0 is off), and why it fails: {_log(clues)}"
        yield Blame(f"the watch could not do its work: {clues.watch}", "the function watch_locks", do)


def _release(clues: Clues) -> Iterator[Blame]:
    if clues.failures:
        do = "tflocks doctor --only reaper names the right that its role lacks; look at the bucket's policy too"
        yield Blame(clues.failures[-1], "the rights of release_lock's role, or the store", do)
    yield from _queue(clues)


_CLUES: dict[Step, Callable[[Clues], Iterator[Blame]]] = {
    Step.ACQUIRED: _events,
    Step.ALERTED: _watch,
    Step.RELEASED: _release,
    Step.TOLD: _slack,
    Step.JOURNALED: _events,
}
