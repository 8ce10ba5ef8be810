"""No line of the journal is longer than CloudWatch Logs takes, whatever is written into it."""

import io
import json
from typing import get_type_hints

import msgspec
import pytest

from chalicelib.aws.journal import LogJournal
from chalicelib.aws.metrics import EmfMetrics
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.event_line import of_acquire
from chalicelib.core.audit.line import JournalLine, LineKind, of_click, of_lock, of_run
from chalicelib.core.bounded import LONGEST, bounded
from chalicelib.core.locks.place import Kind, Place
from tests.builders import BUCKET, KEY, TAKEN, a_click, a_lock

LARGEST_EVENT = 256 * 1024
CHARACTERS = ["x", "\n", "é", "\u2028", "\U0001f600", "\ud800", "\x00"]


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("count", [0, 1, 600, 8_000, 424_000])
def test_a_text_is_as_it_was_or_cut_and_says_so(character: str, count: int) -> None:
    text = character * count
    cut = bounded(text)
    if len(json.dumps(text)) - 2 <= LONGEST:
        assert cut == text
        return
    kept, _, note = cut.partition(" … ")
    assert text.startswith(kept)
    assert note == f"(cut here, of {count} characters)"
    assert LONGEST - 12 <= len(json.dumps(kept)) - 2 <= LONGEST


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_line_is_never_longer_than_cloudwatch_takes(character: str) -> None:
    much = character * 500_000
    principal = f"AWS:AROA:{much}"
    event = LockEvent(
        acquired=True,
        place=Place(Kind.S3, BUCKET, KEY),
        at=TAKEN,
        principal=principal,
        source_address=much,
        account=much,
    )
    whole = dict.fromkeys(["who", "lock_id", "created", "detail", "flaw", "operation", "etag", "principal"], much)
    for line in (
        of_run(LineKind.SWEEP_FINISHED, TAKEN, target=BUCKET, detail=much, locks=1),
        of_lock(LineKind.ALERT_FAILED, a_lock(), TAKEN, detail=much, message_ts="1"),
        of_acquire(event, a_lock(), much),
        of_click(LineKind.RELEASE_ASKED, a_click(a_lock()), a_lock(), TAKEN, detail=much),
        of_run(LineKind.SWEEP_FAILED, TAKEN, **whole),
    ):
        stream = io.StringIO()
        LogJournal(stream, EmfMetrics("test")).write(line)
        assert len(stream.getvalue()) < LARGEST_EVENT
        assert "(cut here, of " in json.dumps(msgspec.to_builtins(line), ensure_ascii=False)


def test_all_texts_of_a_line_together_fit_into_one_event() -> None:
    texts = [name for name, hint in get_type_hints(JournalLine).items() if hint is str]
    assert len(texts) * (LONGEST + 100) + 4_000 < LARGEST_EVENT


def test_what_people_and_aws_write_is_never_cut() -> None:
    key = "é" * 500 + ".tflock"  # S3 takes 1,024 bytes
    line = of_lock(LineKind.ALERT_POSTED, a_lock(key=key), TAKEN, message_ts="1")
    assert line.state_path == f"{BUCKET}/{key.removesuffix('.tflock')}"
