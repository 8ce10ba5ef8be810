"""Make clients of the operator's own session: each once, in the region of what they are asked about."""

from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.aws.locks.dynamodb import DynamoLockStore
from chalicelib.aws.locks.places import Places
from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.aws.patience import THREADS
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind, Place
from chalicelib.ports.locks import StoreError, StoreRefusedError
from tflocks.locks.elsewhere import other_credentials

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

AT_ONCE = 16
"""Requests side by side."""
_NAME = "tflocks"
_PROMPT = Config(
    connect_timeout=5,
    read_timeout=15,
    retries={"mode": "standard", "total_max_attempts": 4},
    user_agent_extra=_NAME,
    max_pool_connections=AT_ONCE,
)
# A listing full of delete markers can take two minutes to answer (xuanwo.io, 2025-02).
_LISTING = _PROMPT.merge(Config(read_timeout=150, max_pool_connections=AT_ONCE + THREADS))
# Never retries a request: see S3LockStore and DynamoLockStore.
_WRITING = _PROMPT.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))


class Aws:
    """The clients of one session. Threads may share them, but not the session that makes them."""

    def __init__(self, session: boto3.Session) -> None:
        self._session = session
        self._making = Lock()
        self._made: dict[tuple[str, str, int], Any] = {}
        self._regions: dict[str, str] = {}

    @property
    def region(self) -> str:
        """Return the region of the session: where the reaper and the lock tables are."""
        return str(self._session.region_name)

    @cached_property
    def account(self) -> str:
        """Return the ID of the session's account. Raises StoreError."""
        try:
            return str(self.client("sts").get_caller_identity()["Account"])
        except (BotoCoreError, ClientError) as error:
            raise StoreError(f"of which account your credentials are: {in_words('STS', error)}") from error

    @property
    def regions(self) -> set[str]:
        """Return the session's region, and those of all buckets that were asked about."""
        return {self.region, *filter(None, self._regions.values())}

    def client(self, service: str, region: str = "", patience: Config = _PROMPT) -> Any:
        """Return a client of a service; "" is the session's own region."""
        wanted = (service, region or self.region, id(patience))
        with self._making:
            if wanted not in self._made:
                self._made[wanted] = self._session.client(  # type: ignore[call-overload]
                    service, region_name=wanted[1], config=patience
                )
            return self._made[wanted]

    def table(self, name: str) -> "Table":
        """Return a table as boto3's resource, for one thread."""
        with self._making:
            return self._session.resource("dynamodb", region_name=self.region, config=_PROMPT).Table(name)

    def locks(self) -> Places:
        """Return the store of all locks."""
        return Places(
            {
                Kind.S3: S3LockStore(
                    lister=lambda target: self._s3(target.container, _LISTING),
                    reader=lambda place: self._s3(place.container, _PROMPT),
                    writer=lambda ref, _errand: self._s3(ref.place.container, _WRITING),
                ),
                Kind.DYNAMODB: DynamoLockStore(
                    lister=lambda target: self._dynamodb(target.place(""), _LISTING),
                    reader=lambda place: self._dynamodb(place, _PROMPT),
                    writer=lambda ref, _errand: self._dynamodb(ref.place, _WRITING),
                ),
            },
            covers=lambda _place: True,  # whoever runs it may look wherever AWS lets them
        )

    def s3(self, bucket: str) -> Any:
        """Return a client in the region of a bucket."""
        return self._s3(bucket, _PROMPT)

    def know_region(self, bucket: str, region: str) -> None:
        """Note in which region a bucket is, so that S3 need not be asked."""
        self._regions[bucket] = region

    def _dynamodb(self, place: Place, patience: Config) -> Any:
        """Return a client for a table. A table of the same name in this session's account is another table.

        Raises:
            StoreRefusedError: the table is in another account than the session.
        """
        if place.account and place.account != self.account:
            table = f"{place.traits.container} {place.container}"
            raise StoreRefusedError(other_credentials(table, Account(place.account), self.account))
        return self.client("dynamodb", place.region, patience)

    def _s3(self, bucket: str, patience: Config) -> Any:
        if bucket not in self._regions:
            self._regions[bucket] = self._region_of(bucket)
        return self.client("s3", self._regions[bucket], patience)

    def _region_of(self, bucket: str) -> str:
        """Return the region of a bucket, which S3 tells even those whom it denies the bucket; "": S3 does not tell."""
        try:
            answer: Any = self.client("s3").head_bucket(Bucket=bucket)
        except ClientError as error:
            answer = error.response
        except BotoCoreError:
            return ""
        headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return str(headers.get("x-amz-bucket-region", ""))
