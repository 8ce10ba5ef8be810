"""Ask a store whether it keeps its promises: a put over a lock and a delete of another lock must be refused."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Probe:
    """One lock, with which a store is asked. ``tested`` gets what it answers."""

    place: Place
    body: bytes
    hand: Hand
    tested: list[Judged]

    def fly(self) -> str:
        """Put a lock, try what must be refused, remove it; return what was seen.

        Raises:
            StepFailedError: something was done that should have been refused.
        """
        place, refused = self.place, _REFUSED[self.place.kind]
        lock = self.hand.put(place, self.body)
        over = self.hand.writer.put(place, self.body)
        another = self.hand.writer.delete_another(place)
        self._note(_OF_PUT[place.kind], over or "it was put", holds=over == refused)
        self._note(_OF_DELETE[place.kind], another or "it was deleted", holds=another == refused)
        if another != refused or over != refused:
            raise StepFailedError(_broken(over, another, refused))
        if self.hand.read(place) != lock:
            raise StepFailedError("a delete of another lock was refused, and yet the lock is not there as it was")
        if why := self.hand.remove(lock):
            raise StepFailedError(why)
        return f"both are refused ({refused})"

    def look_where_nothing_is(self, s3: Any, *, versioned: bool) -> None:
        """Ask S3 for a delete and, in a bucket with versions, for a put where nothing is. Raises StepFailedError."""
        answer = _delete_absent(self.place, s3)
        self._note(Assumption.ABSENT, answer or "204", holds=answer in _ABSENT)
        if not versioned:
            return
        code = self.hand.writer.put(self.place, self.body)
        self._note(Assumption.OVER_A_MARKER, code or "it was put", holds=not code)
        if (lock := self.hand.read(self.place)) and (why := self.hand.remove(lock)):
            raise StepFailedError(why)

    def _note(self, assumption: Assumption, seen: str, *, holds: bool) -> None:
        self.tested.append(Judged(assumption, verdict(holds=holds), seen))


def _broken(over: str, another: str, refused: str) -> str:
    told = {"a put over a lock": over, "a delete of another lock": another}
    return "; ".join(
        f"{what} was {f'answered with {code}' if code else 'DONE'}, and not refused with {refused}"
        for what, code in told.items()
        if code != refused
    )


def _delete_absent(place: Place, client: Any) -> str:
    try:
        client.delete_object(Bucket=place.container, Key=place.key, IfMatch=ANOTHER_ETAG)
    except ClientError as error:
        return str(error.response.get("Error", {}).get("Code", ""))
    return ""
