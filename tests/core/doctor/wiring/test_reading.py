"""Whether Lambda reads the queue, and the very stream that a table has."""

from typing import Any

import pytest

from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.doctor.wiring.case import Queue
from chalicelib.core.doctor.wiring.checks import MAPPING, STREAM
from chalicelib.core.doctor.wiring.reading.mapping import Mapping
from chalicelib.core.doctor.wiring.reading.queue import judge_queue
from chalicelib.core.doctor.wiring.reading.stream import VIEW, Table, judge_mapping, judge_stream
from tests.core.doctor.wiring.cases import HOME, QUEUE, some_parts

TABLE = f"arn:aws:dynamodb:eu-west-1:{HOME}:table/locks"
OLD, NEW = f"{TABLE}/stream/2026-11-01T00:00:00.000", f"{TABLE}/stream/2026-11-21T00:00:00.000"
REFUSED = "PROBLEM: Lambda failed to assume your function execution role."
"""As lambda/latest/dg/with-ddb has it."""


def mapping(**changed: Any) -> Mapping:
    told: dict[str, Any] = {"uuid": "u-1", "source": QUEUE, "state": "Enabled", "result": "OK"}
    return Mapping(**(told | changed))


def table(**changed: Any) -> Table:
    told: dict[str, Any] = {"name": "locks", "region": "eu-west-1", "parts": some_parts(), "expected": NEW}
    return Table(**(told | {"arn": NEW, "view": VIEW} | changed))


def of_stream(of: Table, *mappings: Mapping) -> list[Finding]:
    return list(judge_mapping(of, mappings))


@pytest.mark.parametrize(
    ("queue", "mappings", "seen", "command"),
    [
        (Queue(exists=False), [mapping()], "does not exist", "create-queue"),
        (Queue(exists=True, key="alias/aws/sqs"), [mapping()], "alias/aws/sqs", "SqsManagedSseEnabled"),
        (Queue(exists=True), [], "no mapping", "create-event-source-mapping"),
        (
            Queue(exists=True),
            [mapping(state="Disabled", reason="USER_INITIATED")],
            "Disabled (USER_INITIATED)",
            "update-event-source-mapping --region eu-west-1 --uuid u-1 --enabled",
        ),
        (Queue(exists=True), [mapping(result=REFUSED)], REFUSED, "aws logs tail"),
    ],
)
def test_a_queue_that_is_not_read_is_red_with_the_command(
    queue: Queue, mappings: list[Mapping], seen: str, command: str
) -> None:
    found = judge_queue(some_parts(), queue, mappings)
    assert (found.colour, seen in found.seen) == (Colour.RED, True)
    assert found.fix
    assert command in found.fix.cli


@pytest.mark.parametrize("state", ["Enabled", "Creating", "Enabling", "Updating"])
def test_a_queue_that_is_read_or_soon_will_be_is_well(state: str) -> None:
    more = mapping(state="Disabled", uuid="u-2")
    assert judge_queue(some_parts(), Queue(exists=True), [more, mapping(state=state)]).colour is Colour.GREEN


@pytest.mark.parametrize(
    ("changed", "colour", "seen"),
    [
        ({}, Colour.GREEN, NEW),
        ({"expected": "", "view": "", "arn": ""}, Colour.GREEN, "no stream"),
        ({"expected": ""}, Colour.GREEN, "does not name it"),
        ({"view": ""}, Colour.RED, "is off"),
        ({"view": "KEYS_ONLY"}, Colour.RED, "KEYS_ONLY"),
        ({"expected": OLD}, Colour.RED, "silent for ever"),
    ],
)
def test_a_stream_is_well_when_it_is_the_very_one_that_the_rules_have(
    changed: dict[str, Any], colour: Colour, seen: str
) -> None:
    found = judge_stream(table(**changed))
    assert (found.colour, seen in found.seen) == (colour, True)


def test_a_table_without_a_stream_is_told_what_one_adds() -> None:
    assert "optional" in judge_stream(table(expected="", view="")).details[0]


def test_the_line_for_reaper_toml_is_ready_to_paste() -> None:
    fix = judge_stream(table(expected=OLD)).fix
    assert fix
    assert f'stream = "{NEW}"' in fix.do


@pytest.mark.parametrize(
    ("of", "mappings", "colour", "seen"),
    [
        (table(), [mapping(source=NEW)], Colour.GREEN, "reads the stream"),
        (table(), [], Colour.RED, "no mapping"),
        (table(), [mapping(source=OLD.replace("locks", "others"))], Colour.RED, "no mapping"),
        (table(), [mapping(source=NEW, state="Disabled")], Colour.RED, "Disabled"),
        (table(), [mapping(source=NEW, result=REFUSED)], Colour.RED, REFUSED),
        (table(expected=OLD), [mapping(source=OLD)], Colour.RED, "hears nothing"),
        (table(view=""), [mapping(source=NEW)], Colour.RED, "hears nothing"),
        (table(expected="", view="", arn=""), [], Colour.GREEN, "names none"),
    ],
)
def test_a_mapping_is_well_when_it_reads_the_stream_that_is_on(
    of: Table, mappings: list[Mapping], colour: Colour, seen: str
) -> None:
    [found] = of_stream(of, *mappings)
    assert (found.colour, seen in found.seen) == (colour, True)


def test_a_mapping_of_a_stream_that_is_no_more_is_left_over() -> None:
    first, stale = of_stream(table(), mapping(source=NEW), mapping(source=OLD, uuid="u-old"))
    assert (first.colour, stale.colour) == (Colour.GREEN, Colour.YELLOW)
    assert stale.fix
    assert stale.fix.cli == "aws lambda delete-event-source-mapping --region eu-west-1 --uuid u-old"


def test_a_broken_stream_is_mended_at_the_stream_and_not_at_the_mapping() -> None:
    [found] = of_stream(table(expected=OLD))
    assert found.check == MAPPING.id
    assert found.fix
    assert (STREAM.id in found.fix.do, found.fix.cli) == (True, "")
