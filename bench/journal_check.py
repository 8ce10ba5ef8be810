"""Find what a journal lacks of what happened, so that only complete work is compared."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime


def flaws(lines: Iterable[str], taken: Mapping[str, str], released: Mapping[str, str]) -> list[str]:
    """Return a word about each lock whose acquire and release are not told exactly once."""
    told = [line for line in map(_event, lines) if line.get("event") in ("lock_acquired", "lock_released")]
    begun = _by_lock(told, "lock_acquired")
    ended = _by_lock(told, "lock_released")
    wrong = [lock for lock, at in taken.items() if begun.get(lock) != [(_time(at), _time(at))]]
    lost = [lock for lock, at in released.items() if ended.get(lock) != [(_time(taken[lock]), _time(at))]]
    known = sum(map(len, begun.values())) + sum(map(len, ended.values()))
    return [
        *(f"the acquire of {lock} is not in the journal exactly once" for lock in wrong),
        *(f"the release of {lock} is not in the journal exactly once, with its hold" for lock in lost),
        *([f"{len(told) - known} lines are about no known lock"] if len(told) > known else []),
    ]


def _event(line: str) -> dict[str, object]:
    return dict(json.loads(line)) if line.startswith('{"event":') else {}


def _by_lock(told: list[dict[str, object]], event: str) -> dict[str, list[tuple[datetime, datetime]]]:
    lines: dict[str, list[tuple[datetime, datetime]]] = {}
    for line in told:
        if line["event"] == event and "acquired_at" in line and "lock_id" in line:
            hold = (_time(line["acquired_at"]), _time(line["time"]))
            lines.setdefault(str(line["lock_id"]), []).append(hold)
    return lines


def _time(text: object) -> datetime:
    return datetime.fromisoformat(str(text))
