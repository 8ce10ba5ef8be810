"""Record the samples of one version: ``python -m tests.released.record VERSION``."""

import base64
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from chalicelib import checked_rules
from chalicelib.aws.orders.sqs import Queue, SqsOrders
from chalicelib.config.file import parse
from tests.aws_fixtures import lock_book_table
from tests.released import books, lines, names
from tests.released.messages import MESSAGES
from tests.released.orders import ORDERS, leave

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
_TO_DYNAMODB = TypeSerializer()


def samples() -> dict[str, Any]:
    """Return what the code of today writes, by the name of the file that keeps it."""
    return {
        "orders.json": {name: _order(name) for name in ORDERS},
        "book.json": items(),
        "messages.json": {name: shown.message for name, shown in MESSAGES.items()},
        "names.json": names.names(),
        "journal.json": {name: lines.written(line) for name, line in lines.LINES.items()},
        "rules.json": rules(),
    }


class _Queues:
    """A client of SQS that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send_message(self, **sent: Any) -> dict[str, Any]:
        self.sent.append(sent)
        return {"MessageId": "1", "ResponseMetadata": {"HTTPStatusCode": 200, "RequestId": "1"}}


def _order(name: str) -> dict[str, str]:
    queues = _Queues()
    leave(name, SqsOrders(queues, Queue))  # type: ignore[arg-type]
    [sent] = queues.sent
    return {"queue": sent["QueueUrl"], "body": sent["MessageBody"]}


def items() -> list[dict[str, Any]]:
    """Return the lock book's items in DynamoDB's JSON, after all books have written all that they remember."""
    with lock_book_table() as table:
        books.write_all(table)
        found = table.scan()
    assert "LastEvaluatedKey" not in found
    return sorted(
        map(in_dynamodb_json, found["Items"]), key=lambda item: (item["StatePath"]["S"], item["LockIdentity"]["S"])
    )


def in_dynamodb_json(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item in DynamoDB's JSON, its sets sorted, its bytes in base 64."""
    return {name: _plain(_TO_DYNAMODB.serialize(value)) for name, value in sorted(item.items())}


def _plain(value: Any) -> dict[str, Any]:
    [(kind, held)] = value.items()
    if kind == "B":
        return {"B": base64.b64encode(held).decode()}
    return {kind: sorted(held)} if kind.endswith("S") and kind != "S" else {kind: held}


def rules() -> bytes:
    """Return the file of checked rules of a ``reaper.toml`` with every key."""
    every = (ROOT / "tests" / "config" / "every_key.toml").read_text(encoding="utf-8")
    return checked_rules.encode(parse(every))


def is_released(version: str) -> bool:
    """Return whether CHANGELOG.md has a heading of this version: then its samples are what people have installed."""
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.search(rf"^## \[?v?{re.escape(version)}\b", changes, re.MULTILINE) is not None


def record(version: str) -> Path:
    """Write the samples of a version that is not released."""
    folder = HERE / version
    if folder.exists() and is_released(version):
        sys.exit(f"{version} is released: its samples stay as they are. Record the next version.")
    folder.mkdir(exist_ok=True)
    for name, sample in samples().items():
        written = sample if isinstance(sample, bytes) else f"{json.dumps(sample, indent=1)}\n".encode()
        (folder / name).write_bytes(written)
    return folder


if __name__ == "__main__":
    if len(sys.argv) != 2 or not re.fullmatch(r"\d+\.\d+\.\d+", sys.argv[1]):
        sys.exit("Name the version: python -m tests.released.record 1.0.0")
    sys.stdout.write(f"recorded in {record(sys.argv[1])}\n")
