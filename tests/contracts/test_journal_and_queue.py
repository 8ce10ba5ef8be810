import io
import json
from collections.abc import Callable, Iterator

import msgspec
import pytest

from chalicelib.aws.journal import LogJournal
from chalicelib.aws.metrics import EmfMetrics
from chalicelib.aws.queues import SqsQueue
from chalicelib.core.audit.line import EventType, LockEvent, of_lock
from chalicelib.ports.orders import Queue
from chalicelib.ports.world import Journal
from tests.aws_fixtures import moto
from tests.builders import TAKEN, a_lock
from tests.fakes import FakeJournal, FakeQueue

FORGED = of_lock(
    EventType.LOCK_ACQUIRED, a_lock(body=b'{"Who":"x\\n{\\"event\\":\\"lock_released\\"}\\r\\u2028\\u0085"}'), TAKEN
)


@pytest.fixture(params=["fake", "lines on a stream"])
def journal(request: pytest.FixtureRequest) -> tuple[Journal, Callable[[], list[LockEvent]]]:
    if request.param == "fake":
        fake = FakeJournal()
        return fake, lambda: fake.events
    stream = io.StringIO()
    return LogJournal(stream, EmfMetrics("test")), lambda: [
        msgspec.json.decode(line, type=LockEvent) for line in stream.getvalue().splitlines()
    ]


def test_an_event_is_one_line_whatever_its_fields_hold(
    journal: tuple[Journal, Callable[[], list[LockEvent]]],
) -> None:
    written, lines = journal
    written.write(FORGED)
    written.write(FORGED)
    assert lines() == [FORGED, FORGED]


@pytest.fixture(params=["fake", "SQS in moto"])
def queue(request: pytest.FixtureRequest) -> Iterator[tuple[Queue, Callable[[], list[str]]]]:
    if request.param == "fake":
        fake = FakeQueue()
        yield fake, lambda: [message.decode() for message in fake.messages]
        return
    with moto("sqs") as client:
        url = client.create_queue(QueueName="q")["QueueUrl"]
        yield (
            SqsQueue(client, url),
            lambda: [message["Body"] for message in client.receive_message(QueueUrl=url)["Messages"]],
        )


def test_a_message_left_is_there_as_it_was_left(queue: tuple[Queue, Callable[[], list[str]]]) -> None:
    left, messages = queue
    left.send('{"key":"é & <x> \uffff"}'.encode())
    assert [json.loads(message) for message in messages()] == [{"key": "é & <x> \uffff"}]
