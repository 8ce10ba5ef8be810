"""The lock book's one DynamoDB table. Every change is one UpdateItem with a condition, never a read and a write."""

from collections.abc import Iterator, Mapping, Set
from datetime import UTC, datetime
from functools import reduce
from math import inf
from operator import and_
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from boto3.dynamodb.conditions import ConditionBase, Key
from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.aws.genuine import NotFromAwsError, genuine
from chalicelib.ports.book import BookError

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

Item = Mapping[str, Any]
T = TypeVar("T")

_FROM_DYNAMODB = TypeDeserializer()
_SAY_WHAT_IS_THERE: Mapping[str, Any] = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
"""Has DynamoDB return the item when the condition was not met, so that no further read is needed."""
_NOT_MET = "ConditionalCheckFailedException"
_UNREACHABLE = (ClientError, BotoCoreError, ResponseParserError, NotFromAwsError)


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """The changes of one item's attributes in one UpdateItem. All other attributes stay as they are."""

    put: Item = {}
    put_first: Item = {}
    """Put each of these only if the item lacks the attribute."""
    add: Mapping[str, Set[Any]] = {}
    """Added to a set, which is never empty (DynamoDB has no empty sets)."""
    remove: tuple[str, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of UpdateItem. Names go as placeholders: DynamoDB reserves hundreds of words."""
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
        """Return one item as it is now."""
        try:
            return genuine(self._table.get_item(Key=key, ConsistentRead=True)).get("Item")
        except Exception as error:
            raise book_error(error) from error

    def query(self, state_path: str) -> list[Item]:
        """Return all items of one partition as they are now."""
        mine = Key("StatePath").eq(state_path)
        return self._all("query", KeyConditionExpression=mine, ConsistentRead=True)

    def latest(self, state_path: str, last: str, most: int) -> list[Item]:
        """Return the last ``most`` items of one partition up to ``last`` as they are now, the latest first."""
        return self._all("query", most, **_backwards(state_path, last, most))[:most]

    def latest_first(self, state_path: str, last: str, at_once: int) -> Iterator[Item]:
        """Yield the items of one partition as they are now, backwards from ``last``, read ``at_once`` at a time."""
        items, after = _ask(self._table, "query", _backwards(state_path, last, at_once))
        yield from items
        while after:
            items, after = _ask(self._table, "query", _backwards(state_path, last, at_once), after)
            yield from items

    def scan(
        self, index: str, only: ConditionBase, names: tuple[str, ...] = (), within: ConditionBase | None = None
    ) -> list[Item]:
        """Return the items of an index that meet a condition, as they were a moment ago; of ``names`` only those.

        With ``within``, a condition of the index's key, nothing of its other partitions is read. Decoding an attribute
        here takes longer than DynamoDB needs to read it, so ask only for what is used.
        """
        some: dict[str, Any] = {
            "ProjectionExpression": ", ".join(f"#{name}" for name in names),
            "ExpressionAttributeNames": {f"#{name}": name for name in names},
        }
        asked: dict[str, Any] = {"IndexName": index, "FilterExpression": only, **(some if names else {})}
        return self._all("query", **asked, KeyConditionExpression=within) if within else self._all("scan", **asked)

    def find(self, key: Item) -> Item | None:
        """Return one item as it is now, by a query, for a function that has no right to GetItem."""
        this = reduce(and_, (Key(name).eq(value) for name, value in key.items()))
        return next(iter(self._all("query", KeyConditionExpression=this, ConsistentRead=True)), None)

    def change(self, key: Item, update: Update, condition: ConditionBase | None = None) -> bool:
        """Change or create one item if the condition is met; return whether it was."""
        return self.write(key, update, condition)[0]

    def write(self, key: Item, update: Update, condition: ConditionBase | None) -> tuple[bool, Item | None]:
        """Do as ``change``; return also the item as it is now, even if the condition was not met."""
        guard: dict[str, Any] = {} if condition is None else {"ConditionExpression": condition, **_SAY_WHAT_IS_THERE}
        request = {"Key": key, "ReturnValues": "ALL_NEW", **update.arguments(), **guard}
        try:
            return True, genuine(self._table.update_item(**request))["Attributes"]
        except Exception as error:
            if _is_not_met(error):
                return False, _item_of(error)
            raise book_error(error) from error

    def delete(self, key: Item, condition: ConditionBase) -> None:
        """Delete one item, if it is there and meets the condition."""
        try:
            genuine(self._table.delete_item(Key=key, ConditionExpression=condition))
        except Exception as error:
            if not _is_not_met(error):
                raise book_error(error) from error

    def _all(self, operation: str, most: float = inf, **arguments: Any) -> list[Item]:
        """Return the items of all answers, or of the first answers that have ``most`` together."""
        items, after = _ask(self._table, operation, arguments)
        while after and len(items) < most:
            more, after = _ask(self._table, operation, arguments, after)
            items += more
        return items


def _ask(
    table: "Table", operation: str, arguments: dict[str, Any], after: Item | None = None
) -> tuple[list[Item], Item]:
    """Return the items of one answer, and the key after which more follow; an empty key: no more do."""
    begin = {"ExclusiveStartKey": after} if after else {}
    try:
        answer = genuine(getattr(table, operation)(**arguments, **begin))
        items, last = list(answer["Items"]), answer.get("LastEvaluatedKey") or {}
    except Exception as error:
        raise book_error(error) from error
    if last and last == after:
        raise BookError("the lock book could not be read to its end: DynamoDB gives the same page again")
    return items, last


def _backwards(state_path: str, last: str, at_once: int) -> dict[str, Any]:
    wanted = Key("StatePath").eq(state_path) & Key("LockIdentity").lte(last)
    return {"KeyConditionExpression": wanted, "ConsistentRead": True, "ScanIndexForward": False, "Limit": at_once}


def _is_not_met(error: Exception) -> bool:
    return isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") == _NOT_MET


def _item_of(error: Any) -> Item | None:
    """Return the item in the error about a condition; boto3 translates items only in answers, not in errors."""
    item = error.response.get("Item", {})
    return {name: _FROM_DYNAMODB.deserialize(value) for name, value in item.items()} or None


def text(value: msgspec.Struct) -> str:
    """Return a value as JSON text, because boto3 and DynamoDB take no floats, no times and no empty sets."""
    return msgspec.json.encode(value).decode()


def sortable(at: datetime) -> str:
    """Return a time as text that DynamoDB can compare."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def value_of(item: Item, name: str, kind: type[T]) -> T:
    """Return the value that an attribute has as JSON text. Raises BookError when it cannot be read."""
    try:
        return msgspec.json.decode(item[name], type=kind)
    except Exception as error:
        raise unreadable(error) from error


def book_error(error: Exception) -> BookError:
    """Return the failure of a request as the port's error."""
    if isinstance(error, _UNREACHABLE):
        return BookError(f"the lock book could not be reached: {in_words('DynamoDB', error)}")
    return unreadable(error)


def unreadable(error: Exception) -> BookError:
    """Return the error of an item that cannot be read."""
    what = f"has an item that cannot be read ({type(error).__name__}): delete it, the next sweep begins a new one"
    return BookError(f"the lock book {what}")
