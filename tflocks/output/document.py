"""Write the JSON document of ``--json``."""

import json

from chalicelib.core.audit.window import Window
from tflocks.holds.history import History, SourceStatus
from tflocks.output.rows import Row, iso

SCHEMA = 1


def document(rows: dict[str, list[Row]], history: History, window: Window) -> str:
    """Return one JSON document in ASCII, which a terminal shows without acting on it.

    ``rows`` has the rows under the name that says what they are.
    """
    sources = {"journal": _source(history.journal), "versions": _source(history.versions)}
    told = {
        "schema": SCHEMA,
        "generated_at": iso(window.now),
        "since": iso(window.since),
        "sources": sources,
        "notes": [*history.notes, *history.gaps],
        **rows,
    }
    # JSON leaves DEL as it is, although it is a control character too.
    return json.dumps(told, indent=2).replace("\x7f", "\\u007f")


def _source(status: SourceStatus) -> dict[str, object]:
    return {"asked": status.asked, "read": status.read, "problem": status.problem or None}
