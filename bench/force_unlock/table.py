"""Write what was recorded as a table into ``docs/migration.md``."""

from pathlib import Path

from bench.force_unlock.record import Record, Seen, Tried

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "migration.md"
BEGIN, END = "<!-- python -m bench.force_unlock writes this table -->", "<!-- end of the table -->"
_HEAD = ("locked in", "what was left behind", "`terraform force-unlock`", "then", "*Release*", "then")
_OUTCOMES = {"released": "released", "refused": "refused", "gone": "there is no lock"}
"""The reaper's outcomes, in the table's words."""


def between_marks(text: str) -> str:
    """Return what a document has between the two marks."""
    return text.partition(BEGIN)[2].partition(END)[0].strip("\n")


def written_into(text: str, record: Record) -> str:
    """Return a document with the table of a record between the two marks."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table_of(record)}\n{END}{rest.partition(END)[2]}"


def table_of(record: Record) -> str:
    """Return the table of a record."""
    rows = [_HEAD, ("---",) * len(_HEAD), *(_row(seen) for seen in record.seen)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(seen: Seen) -> tuple[str, ...]:
    forced, ours = seen.force_unlock, seen.reaper
    status = f"{forced.ended}{_released(seen, forced)}"
    return (seen.where, seen.what, status, _then(forced), _outcome(ours), _then(ours))


def _released(seen: Seen, tried: Tried) -> str:
    """Return what a program that failed released all the same, or did not."""
    gone = [place for place in seen.was if place not in tried.left]
    if not gone:
        return ", nothing is released"
    if tried.ended == "exit 0":
        return ", released"
    return f", and yet the lock in {_the(gone)} is released"


def _the(places: list[str]) -> str:
    return " and ".join("the table" if place == "table" else place for place in places)


def _outcome(tried: Tried) -> str:
    outcomes = [_OUTCOMES.get(one, one) for one in tried.ended.split(", ")]
    outcome = f"both {outcomes[0]}" if len(outcomes) > len(set(outcomes)) else " and ".join(outcomes)
    return f"{outcome}: {tried.said}" if tried.said else outcome


def _then(tried: Tried) -> str:
    return "`plan` works" if tried.plans else "`plan` fails"
