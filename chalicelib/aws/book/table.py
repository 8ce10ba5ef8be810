"""The lock book's one DynamoDB table: every change is one UpdateItem with a condition, none a read and a write."""

from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

import msgspec
from boto3.dynamodb.conditions import ConditionBase, Key
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from chalicelib.aws.answers import NotFromAwsError, genuine
from chalicelib.aws.errors_in_words import in_words
from chalicelib.ports.book import BookError

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

Item = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is to become of an item's attributes; all others stay as they are."""

    put: Item = field(default_factory=dict)
    put_first: Item = field(default_factory=dict)
    """Only where there is none yet."""
    add: Mapping[str, Set[Any]] = field(default_factory=dict)
    """To a set, which is no empty one."""
    remove: tuple[str, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """The change as UpdateItem takes it. Names go as placeholders: DynamoDB reserves hundreds of words."""
        clauses = {
            "SET": [
                *(f"#{name} = :{name}" for name in self.put),
                *(f"#{name} = if_not_exists(#{name}, :{name})" for name in self.put_first),
            ],
            "ADD": [f"#{name} :{name}" for name in self.add],
            "REMOVE": [f"#{name}" for name in self.remove],
        }
        values = {f":{name}": value for name, value in {**self.put, **self.put_first, **self.add}.items()}
        names = (*self.put, *self.put_first, *self.add, *self.remove)
        return {
            "UpdateExpression": " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts),
            "ExpressionAttributeNames": {f"#{name}": name for name in names},
            **({"ExpressionAttributeValues": values} if values else {}),
        }


class BookTable:
    """The table of ``.chalice/resources.yaml``, keyed by ``StatePath`` and ``LockIdentity``.

    Every method raises BookError.
    """

    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self, key: Item) -> Item | None:
        """One item as it is now."""
        with told_as_book_error():
            return genuine(self._table.get_item(Key=key, ConsistentRead=True)).get("Item")

    def query(self, state_path: str) -> list[Item]:
        """All items of one partition as they are now."""
        mine = Key("StatePath").eq(state_path)
        with told_as_book_error():
            return list(self._pages("query", KeyConditionExpression=mine, ConsistentRead=True))

    def latest_first(self, state_path: str, last: str, at_once: int) -> Iterator[Item]:
        """The items of one partition as they are now, backwards from ``last``, read so many at a time."""
        wanted = Key("StatePath").eq(state_path) & Key("LockIdentity").lte(last)
        with told_as_book_error():
            yield from self._pages(
                "query", KeyConditionExpression=wanted, ConsistentRead=True, ScanIndexForward=False, Limit=at_once
            )

    def scan(self, index: str, only: ConditionBase) -> list[Item]:
        """The items of an index that meet a condition, as they were a moment ago."""
        with told_as_book_error():
            return list(self._pages("scan", IndexName=index, FilterExpression=only))

    def scan_for(self, index: str, only: ConditionBase, names: tuple[str, ...]) -> Iterator[Item]:
        """Give some attributes of the items of an index that meet a condition, as they were a moment ago.

        To read an attribute costs more time here than in DynamoDB: of thousands of items, ask only for what is used.
        """
        some: dict[str, Any] = {
            "ProjectionExpression": ", ".join(f"#{name}" for name in names),
            "ExpressionAttributeNames": {f"#{name}": name for name in names},
        }
        with told_as_book_error():
            yield from self._pages("scan", IndexName=index, FilterExpression=only, **some)

    def find(self, key: Item) -> Item | None:
        """Return one item as it is now, by a query, for who may not get it by its key."""
        this = reduce(and_, (Key(name).eq(value) for name, value in key.items()))
        with told_as_book_error():
            return next(iter(self._table.query(KeyConditionExpression=this, ConsistentRead=True)["Items"]), None)

    def change(self, key: Item, change: Change, condition: ConditionBase | None = None) -> Item | None:
        """Change one item, or make it; what it is then. None: the condition was not met, and nothing was done."""
        guard: dict[str, Any] = {} if condition is None else {"ConditionExpression": condition}
        with told_as_book_error():
            try:
                answer = self._table.update_item(Key=key, ReturnValues="ALL_NEW", **change.arguments(), **guard)
            except self._table.meta.client.exceptions.ConditionalCheckFailedException:
                return None
            return genuine(answer)["Attributes"]

    def delete(self, key: Item, condition: ConditionBase) -> None:
        """Delete one item, if it is there and meets the condition."""
        with told_as_book_error():
            try:
                genuine(self._table.delete_item(Key=key, ConditionExpression=condition))
            except self._table.meta.client.exceptions.ConditionalCheckFailedException:
                return

    def _pages(self, operation: str, **arguments: Any) -> Iterator[Item]:
        while True:
            page = genuine(getattr(self._table, operation)(**arguments))
            yield from page["Items"]
            after = page.get("LastEvaluatedKey")
            if not after:
                return
            if after == arguments.get("ExclusiveStartKey"):
                raise BookError("the lock book could not be read to its end: DynamoDB gives the same page again")
            arguments["ExclusiveStartKey"] = after


def text(value: msgspec.Struct) -> str:
    """A value as JSON text: much of it is other people's text, and DynamoDB has opinions about types."""
    return msgspec.json.encode(value).decode()


def sortable(at: datetime) -> str:
    """A time as text that DynamoDB can compare."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@contextmanager
def told_as_book_error() -> Iterator[None]:
    """Raise whatever goes wrong with the book, or is wrong in it, as a BookError."""
    try:
        yield
    except BookError:
        raise
    except (ClientError, BotoCoreError, ResponseParserError, NotFromAwsError) as error:
        raise BookError(f"the lock book could not be reached: {in_words('DynamoDB', error)}") from error
    except Exception as error:
        what = f"has an item that cannot be read ({type(error).__name__}): delete it, the next sweep begins a new one"
        raise BookError(f"the lock book {what}") from error
