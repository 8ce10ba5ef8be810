"""The journal's documentation: what is promised there is what is written, field by field."""

import io
import json
import re
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from chalicelib.aws.journal import LogJournal
from chalicelib.aws.metrics import EmfMetrics
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.audit.event_line import of_acquire
from chalicelib.core.audit.line import JournalLine, LineKind, of_lock, of_run
from chalicelib.core.clicks.ending import LetGoBy, Outcome
from chalicelib.core.locks.place import Clock, Kind, Place
from chalicelib.core.locks.terraform.lock_info import LockInfo
from tests.builders import BUCKET, KEY, TAKEN, a_lock
from tests.journal_schema import SCHEMA, Line, flaws_of

GUIDE = (Path(__file__).parent.parent / "docs" / "journal.md").read_text()
EXAMPLES = [json.loads(line) for line in GUIDE.splitlines() if line.startswith('{"event":')]
PROPERTIES: dict[str, dict[str, Any]] = SCHEMA["properties"]
HOSTILE = '"}\r\n\x00\x1b[31m\u2028\u202e{"event":"lock_released","slack_user":"U0ALICE"}\n\ud800é日'
SECRET = "xoxb-made-up"


def written(line: JournalLine) -> str:
    stream = io.StringIO()
    LogJournal(stream, EmfMetrics("test")).write(line)
    return stream.getvalue()


def rule(name: str) -> set[str]:
    """The first cells of the table's rows below a heading of the guide, out of their backquotes."""
    section = GUIDE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    return {word for cell in cells for word in re.findall(r"`(\w+)`", cell)}


def schema_type(name: str) -> object:
    found = PROPERTIES[name]
    return found.get("format") or found.get("type") or tuple(found.get("enum", [found.get("const")]))


def expected_type(name: str) -> object:
    enums: dict[str, type[StrEnum]] = {
        "told_by": ToldBy,
        "released_by": LetGoBy,
        "outcome": Outcome,
        "event": LineKind,
    }
    if name == "clock":
        return tuple(one.value for one in Clock if one is not Clock.AWS)
    if name in enums:
        return tuple(one.value for one in enums[name])
    hint = get_type_hints(JournalLine)[name]
    [plain] = [one for one in get_args(hint) or (hint,) if one is not NoneType]
    # A line has no field that is false.
    return {str: "string", float: "number", int: "integer", bool: (True,), datetime: "date-time"}[plain]


def required_of(event: str) -> set[str]:
    [then] = [one["then"] for one in SCHEMA["allOf"] if one["if"]["properties"]["event"]["const"] == event]
    return {*SCHEMA["required"], *then["required"]}


def test_the_journal_s_schema_is_valid_json_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_has_the_fields_of_a_line_and_no_others_in_their_order() -> None:
    assert list(PROPERTIES) == list(JournalLine.__struct_fields__)
    assert SCHEMA["additionalProperties"] is False


@pytest.mark.parametrize("name", JournalLine.__struct_fields__)
def test_a_field_s_type_is_that_of_the_line(name: str) -> None:
    assert schema_type(name) == expected_type(name)


def test_the_schema_says_of_every_event_type_what_it_always_has() -> None:
    told = [one["if"]["properties"]["event"]["const"] for one in SCHEMA["allOf"]]
    assert told == [kind.value for kind in LineKind]


def test_the_guide_has_every_field_and_every_event_type_with_what_it_always_has() -> None:
    assert rule("Fields") == set(PROPERTIES)
    assert rule("Event types") == {kind.value for kind in LineKind}
    for kind in LineKind:
        [row] = [line for line in GUIDE.splitlines() if line.startswith(f"| `{kind.value}` |")]
        always = set(re.findall(r"`(\w+)`", row.split("|")[3]))
        assert always == required_of(kind.value) - {"event", "time", "event_id"}


def test_the_guide_has_every_outcome() -> None:
    assert rule("Outcomes") == {one.value for one in Outcome}


def test_the_guide_has_a_genuine_line_of_every_event_type() -> None:
    assert {line["event"] for line in EXAMPLES} == {kind.value for kind in LineKind}
    assert flaws_of(EXAMPLES, [SECRET]) == []


@pytest.mark.parametrize("line", EXAMPLES, ids=lambda line: line["event"])
def test_a_line_of_the_guide_is_what_the_journal_would_write(line: Line) -> None:
    again = written(msgspec.convert(line, JournalLine)).strip()
    assert f"\n{again}\n" in GUIDE


def test_what_others_wrote_stays_inside_of_its_string_on_one_line_of_ascii() -> None:
    names = LockInfo.__struct_fields__
    body = json.dumps(dict.fromkeys(names, HOSTILE)).encode()
    lock = a_lock(key=f"{HOSTILE.replace(chr(0xD800), '')}.tflock", body=body)
    principal = "AWS:AROAEXAMPLE:" + HOSTILE.replace(chr(0xD800), "")
    event = LockEvent(
        acquired=True, place=Place(Kind.S3, BUCKET, KEY), at=TAKEN, principal=principal, source_address=principal
    )
    for line in (
        of_lock(LineKind.ALERT_FAILED, lock, TAKEN, channel="C1", detail=principal),
        of_acquire(event, lock, ""),
    ):
        text = written(line)
        assert text.isascii()
        assert text.splitlines() == [text.removesuffix("\n")]
        assert json.loads(text)["event"] == line.event.value
        assert flaws_of([json.loads(text)], [SECRET]) == []


def test_a_line_that_breaks_the_promise_is_found() -> None:
    good = json.loads(written(of_run(LineKind.SWEEPS_ORDERED, datetime(2026, 11, 21, 3, tzinfo=UTC), targets=2)))
    assert flaws_of([good, good], [SECRET]) == []
    assert "targets" in flaws_of([{name: value for name, value in good.items() if name != "targets"}], [])[0]
    assert "response_url" in flaws_of([good | {"response_url": "https://hooks.slack.com/x"}], [])[0]
    assert "does not match" in flaws_of([good | {"time": "2026-11-21T04:00:00+01:00"}], [])[0]
    assert SECRET in flaws_of([good | {"detail": f"token {SECRET}"}], [SECRET])[0]
    assert "event_id of another line" in flaws_of([good, good | {"targets": 3}], [])[0]
