"""Write CSV that is safe to open in a spreadsheet."""

import csv
import json
import re
from collections.abc import Iterable
from typing import TextIO

from chalicelib.core.visible import visible
from tflocks.output.rows import Cell, Row

# A spreadsheet takes these at the beginning of a cell for a formula (owasp.org/www-community/attacks/CSV_Injection), in
# every width and height that Unicode has of them (see NFKC), and also behind spaces and quotes. A cell may begin inside
# of ours too: some spreadsheets split at a semicolon, where the comma is the decimal sign; others split wherever their
# user chooses on import, and a quote inside of our cell then stands at the beginning of theirs.
_SIGNS = r"=+\-@\u2212\u207a-\u207c\u208a-\u208c\u2a75\u2a76\ufb29\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"
_SEPARATORS = r";,|\t\u037e\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b\uff5c\U0001f101-\U0001f10a"
_QUOTES = r"\s\"'`\u2018-\u201f\uff02\uff07"
_FORMULA = re.compile(f"(^|[{_SEPARATORS}])(?=[{_QUOTES}]*[{_SIGNS}])")


def write_csv(rows: list[Row], names: Iterable[str], stream: TextIO) -> None:
    """Write rows as RFC 4180 has it: a header, CRLF, every cell quoted."""
    writer = csv.writer(stream, dialect="excel", quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    writer.writerows([[cell(value) for value in row.values()] for row in rows])


def cell(value: Cell) -> str:
    """Return a value as one line that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        value = json.dumps(value)
    return _FORMULA.sub(r"\1'", visible(value)) if isinstance(value, str) else str(value)
