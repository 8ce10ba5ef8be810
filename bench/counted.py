"""Count calls to AWS as they are sent, by a listener on the session that all clients are made from.

moto plays AWS in this process. It tells what an item was before a change; its own CPU time is subtracted.
"""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import boto3
from moto.dynamodb.models import dynamodb_backends

from bench.dynamodb_units import Item, read, written
from bench.prices import READ_UNIT, S3_GET, S3_LIST, SQS_REQUEST, WRITE_UNIT, Price

_ACCOUNT = "123456789012"
"""moto's account ID."""
_INDEX_KEY = "HeldSince"
_S3 = {"GetObject": S3_GET, "ListObjectsV2": S3_LIST}
_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}


class CountedCalls:
    """The calls while ``counting``: in units that are paid for, and by name."""

    def __init__(self, region: str) -> None:
        self.counting = False
        self.moto_seconds = 0.0
        self.left: Callable[[str, int], None] = lambda _message, _delay: None
        """Hears of each message that is left in a queue, and of its delay in seconds."""
        self._used: defaultdict[Price, float] = defaultdict(float)
        self._names: Counter[str] = Counter()
        self._tables = dynamodb_backends[_ACCOUNT][region]
        self._began = 0.0
        self._asked: Any = None
        self._before: Item | None = None

    def listen(self) -> None:
        """Listen to all clients that boto3's default session makes from now on."""
        boto3.setup_default_session()
        session: Any = boto3.DEFAULT_SESSION
        session.events.register("before-call", self._called)
        session.events.register_first("before-send", self._moto_begins)
        session.events.register_first("before-parse", self._moto_ends)
        session.events.register_first("after-call.dynamodb", self._answered)

    def charge(self, price: Price, number: int) -> None:
        """Count something that AWS does for a function, and that is paid for."""
        self._used[price] += number

    def take(self) -> tuple[dict[Price, float], dict[str, int]]:
        """Return what was counted, and begin anew."""
        taken = dict(self._used), dict(self._names)
        self._used.clear()
        self._names.clear()
        return taken

    def _called(self, model: Any, params: Any, **_: Any) -> None:
        if not self.counting:
            return
        service = model.service_model.service_name
        self._names[f"{service} {model.name}"] += 1
        if service == "s3":
            self._used[_S3[model.name]] += 1
        elif service == "sqs":
            self._used[SQS_REQUEST] += 1
            self._hear(json.loads(params["body"]))
        else:
            self._asked = json.loads(params["body"])
            self._before = self._item() if model.name in _WRITES else None

    def _answered(self, model: Any, parsed: Any, **_: Any) -> None:
        """Count an answer, before boto3 turns DynamoDB's types into Python's."""
        if not self.counting:
            return
        if model.name in _WRITES:
            self._used[WRITE_UNIT] += written(self._before, self._item(), _INDEX_KEY)
        else:
            items = parsed["Items"] if "Items" in parsed else [parsed.get("Item", {})]
            self._used[READ_UNIT] += read(items, consistent=self._asked.get("ConsistentRead", False))

    def _hear(self, asked: Any) -> None:
        for message in asked.get("Entries", [asked]):
            self.left(message["MessageBody"], message.get("DelaySeconds", 0))

    def _item(self) -> Item | None:
        """Return the item that the call is about, as it is now."""
        name, whole = self._asked["TableName"], self._asked.get("Key") or self._asked["Item"]
        table = self._tables.get_table(name)
        key = {attribute: whole[attribute] for attribute in (table.hash_key_attr, table.range_key_attr) if attribute}
        found = self._tables.get_item(name, key)
        return found.to_json()["Attributes"] if found else None

    def _moto_begins(self, **_: Any) -> None:
        self._began = time.process_time()

    def _moto_ends(self, **_: Any) -> None:
        self.moto_seconds += time.process_time() - self._began
