"""Release each leftover by ``terraform force-unlock`` and, left behind once more, by the reaper."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.force_unlock.by_reaper import Clicks, Line
from bench.force_unlock.leftovers import LEFTOVERS, Leftover
from bench.force_unlock.place import LockedState
from bench.force_unlock.record import Record, Seen, Tried, in_short
from demo.deployed import DeployedReaper
from demo.terraform import Locking

_SIDE_BY_SIDE = 2
_WHERE = {Locking.S3: "S3", Locking.TABLE: "table", Locking.BOTH: "both"}


def play(program: str, folder: Path, reaper: DeployedReaper, bucket: str) -> Record:
    """Release all leftovers in both ways; return what was seen."""
    clicks = Clicks(reaper)

    def prepared(leftover: Leftover) -> tuple[LockedState, Tried]:
        state = LockedState(program, folder, reaper, leftover, bucket)
        forced = _force_unlock(state)
        state.leave()
        clicks.click(state)
        return state, forced

    with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
        tried = list(threads.map(prepared, LEFTOVERS))
        answered = [(state, forced, clicks.answers(state)) for state, forced in tried]
        return Record(tried[0][0].version(), tuple(threads.map(_seen, answered)))


def _seen(of: tuple[LockedState, Tried, list[Line]]) -> Seen:
    state, forced, lines = of
    leftover = state.leftover
    was = tuple(name for name, left in (("S3", leftover.in_s3), ("table", leftover.in_table)) if left)
    return Seen(
        where=_WHERE[leftover.locking],
        what=leftover.what,
        was=was,
        force_unlock=forced,
        reaper=_released(state, lines),
        digest_kept=state.digest() == state.digest_before,
    )


def _force_unlock(state: LockedState) -> Tried:
    state.leave()
    if state.plans():
        raise RuntimeError(f"{state.leftover.what}: should be in the way of a plan")
    status, said = state.force_unlock()
    tried = Tried(f"exit {status}", in_short(said), state.left(), state.plans())
    state.clear()
    return tried


def _released(state: LockedState, lines: list[Line]) -> Tried:
    tried = Tried(
        ", ".join(line["outcome"] for line in lines),
        ", ".join(line["detail"] for line in lines if line.get("detail")),
        state.left(),
        state.plans(),
    )
    state.clear()
    return tried
