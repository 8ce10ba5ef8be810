"""What the weekly look knows of each subject, in the lock book's table: one partition, one item for each subject."""

from datetime import timedelta
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from chalicelib.aws.book.table import BookTable, Item, Update, text, value_of
from chalicelib.core.doctor.weekly.memory import Remembered
from chalicelib.ports.book import BookError

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_DOCTOR = "#doctor"
"""A partition key that cannot be a state path (see ``digest_book``)."""
_KEPT = timedelta(days=90)
"""How long a subject is remembered that is no target any more."""
_logger = Logger(child=True)


class DynamoDoctorBook:
    """``ports.doctor.DoctorBook``. If an item is lost, what is red in its subject is told again."""

    def __init__(self, table: "Table") -> None:
        self._table = BookTable(table)

    def remembered(self) -> dict[str, Remembered]:
        """Return what is known of each subject."""
        items = self._table.query(_DOCTOR)
        return {known.subject: known for item in items if (known := _if_readable(item))}

    def note(self, known: Remembered) -> None:
        """Store what is known of a subject."""
        expiry = int((known.at + _KEPT).timestamp())
        key = {"StatePath": _DOCTOR, "LockIdentity": known.subject}
        self._table.change(key, Update(put={"Known": text(known), "ExpiresAt": expiry}))


def _if_readable(item: Item) -> Remembered | None:
    try:
        return value_of(item, "Known", Remembered)
    except BookError:
        _logger.exception("what the doctor knew of a subject cannot be read", id=item.get("LockIdentity"))
        return None
