"""Read the last night from the lock book."""

from datetime import datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from chalicelib.aws.book.nightly.night_book import NIGHTS, partition
from chalicelib.aws.book.table import value_of
from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.nights.night import Night, Ordered, Result
from chalicelib.ports.book import BookError
from chalicelib.ports.doctor import NotKnownError

_FROM_DYNAMODB = TypeDeserializer()


def last_night(parts: Parts, reach: Reach) -> Night | None:
    """Return the last night, with its targets and their results; None: there was none in the last two weeks.

    Raises:
        NotAllowedError, NotKnownError: the lock book cannot be read.
    """
    heads = _query(parts, reach, NIGHTS, ScanIndexForward=False, Limit=1)
    if not heads:
        return None
    began = datetime.fromisoformat(str(heads[0]["LockIdentity"]))
    items = _query(parts, reach, partition(began))
    try:
        some = [value_of(item, "Ordered", tuple[Ordered, ...]) for item in items if "Ordered" in item]
        results = [value_of(item, "Result", Result) for item in items if "Result" in item]
    except BookError as error:
        raise NotKnownError(f"the last night cannot be read: {error}") from error
    return Night(began, tuple(one for ordered in some for one in ordered), tuple(results))


def _query(parts: Parts, reach: Reach, of: str, **options: Any) -> list[dict[str, Any]]:
    """Return the items of one partition; with a ``Limit``, only the first."""
    dynamodb = reach.client("dynamodb", "")
    wanted: dict[str, Any] = {
        "TableName": parts.outputs["LockBookTable"],
        "KeyConditionExpression": "StatePath = :of",
        "ExpressionAttributeValues": {":of": {"S": of}},
        **options,
    }
    items: list[dict[str, Any]] = []
    while True:
        page = asked("DynamoDB", "dynamodb:Query", lambda: dynamodb.query(**wanted))
        items += [{key: _FROM_DYNAMODB.deserialize(value) for key, value in one.items()} for one in page["Items"]]
        if "Limit" in options or not page.get("LastEvaluatedKey"):
            return items
        wanted["ExclusiveStartKey"] = page["LastEvaluatedKey"]
