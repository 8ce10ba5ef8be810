import io
from collections.abc import Callable

import msgspec
import pytest

from chalicelib.aws.journal import LogJournal
from chalicelib.aws.metrics import EmfMetrics
from chalicelib.core.audit.line import JournalLine, LineKind, of_lock
from chalicelib.ports.world import Journal
from tests.builders import TAKEN, a_lock
from tests.fakes.world import FakeJournal

FORGED = of_lock(
    LineKind.LOCK_ACQUIRED, a_lock(body=b'{"Who":"x\\n{\\"event\\":\\"lock_released\\"}\\r\\u2028\\u0085"}'), TAKEN
)


@pytest.fixture(params=["fake", "lines on a stream"])
def journal(request: pytest.FixtureRequest) -> tuple[Journal, Callable[[], list[JournalLine]]]:
    if request.param == "fake":
        fake = FakeJournal()
        return fake, lambda: fake.lines
    stream = io.StringIO()
    return LogJournal(stream, EmfMetrics("test")), lambda: [
        msgspec.json.decode(line, type=JournalLine) for line in stream.getvalue().splitlines()
    ]


def test_an_event_is_one_line_whatever_its_fields_hold(
    journal: tuple[Journal, Callable[[], list[JournalLine]]],
) -> None:
    written, lines = journal
    written.write(FORGED)
    written.write(FORGED)
    assert lines() == [FORGED, FORGED]
