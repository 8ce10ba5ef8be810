"""Ask a store whether it keeps its promises: a put over a lock and a delete of another lock must be refused."""

from typing import Any

from botocore.exceptions import ClientError

from chalicelib.core.doctor.canary.assumptions import Assumption, Judged, verdict
from chalicelib.core.locks.place import Kind, Place
from tflocks.live.canary.hands import ANOTHER_ETAG, Hand
from tflocks.live.canary.waiting import StepFailedError

PROBE = "probe of a + %25 é"
"""Its characters are those that services encode in different ways."""
_REFUSED = {Kind.S3: "PreconditionFailed", Kind.DYNAMODB: "ConditionalCheckFailedException"}
_OF_PUT = {Kind.S3: Assumption.PUT_REFUSED, Kind.DYNAMODB: Assumption.ITEM_PUT_REFUSED}
_OF_DELETE = {Kind.S3: Assumption.DELETE_REFUSED, Kind.DYNAMODB: Assumption.ITEM_DELETE_REFUSED}
_ABSENT = {"NoSuchKey", "404", "NotFound"}


def probe(place: Place, body: bytes, hand: Hand, client: Any) -> tuple[list[Judged], str]:
    """Put a lock, try what must be refused, remove it; return what was proven, and what was seen.

    Raises:
        StepFailedError: something was done that should have been refused.
    """
    lock = hand.put(place, body)
    over = hand.writer.put(place, body)
    another = hand.writer.delete_another(place)
    refused = _REFUSED[place.kind]
    if another != refused or over != refused:
        raise StepFailedError(_broken(over, another, refused))
    if hand.read(place) != lock:
        raise StepFailedError("a delete of another lock was refused, and yet the lock is not there as it was")
    tested = [
        Judged(_OF_PUT[place.kind], verdict(holds=True), over),
        Judged(_OF_DELETE[place.kind], verdict(holds=True), another),
    ]
    if why := hand.remove(lock.ref):
        raise StepFailedError(why)
    if place.kind is Kind.S3:
        tested += _where_nothing_is(place, body, hand, client)
    return tested, f"both are refused ({refused})"


def _broken(over: str, another: str, refused: str) -> str:
    told = {"a put over a lock": over, "a delete of another lock": another}
    return "; ".join(
        f"{what} was {f'answered with {code}' if code else 'DONE'}, and not refused with {refused}"
        for what, code in told.items()
        if code != refused
    )


def _where_nothing_is(place: Place, body: bytes, hand: Hand, client: Any) -> list[Judged]:
    answer = _delete_absent(place, client)
    absent = Judged(Assumption.ABSENT, verdict(holds=answer in _ABSENT), answer or "204")
    versions = client.get_bucket_versioning(Bucket=place.container).get("Status") if client else ""
    if versions != "Enabled":
        return [absent]
    code = hand.writer.put(place, body)
    over_a_marker = Judged(Assumption.OVER_A_MARKER, verdict(holds=not code), code or "it was put")
    if (lock := hand.read(place)) and (why := hand.remove(lock.ref)):
        raise StepFailedError(why)
    return [absent, over_a_marker]


def _delete_absent(place: Place, client: Any) -> str:
    try:
        client.delete_object(Bucket=place.container, Key=place.key, IfMatch=ANOTHER_ETAG)
    except ClientError as error:
        return str(error.response.get("Error", {}).get("Code", ""))
    return ""
