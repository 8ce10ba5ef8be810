"""Places: where a lock can be kept, and how one lock at a place is named."""

from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX


class Kind(StrEnum):
    """The kinds of places. ``aws.locks`` has one module for each."""

    S3 = "s3"
    """An object beside its state. Terraform: ``use_lockfile``."""
    DYNAMODB = "dynamodb"
    """An item of a lock table. Terraform: ``dynamodb_table``."""


class Clock(StrEnum):
    """The clocks that can tell since when a lock is held."""

    AWS = "aws"
    """A clock of AWS, which no client can set."""
    CLIENT = "client"
    """The clock of the machine that took the lock (``Created``)."""
    REAPER = "reaper"
    """Nothing tells when the lock was taken. It is at least as old as the reaper's first look at it."""


NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Written in the place of a time that nothing tells."""


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """The common traits of all places of one kind."""

    container: str
    """The word for the container."""
    address: str
    """The place as people write it, with ``{container}`` and ``{key}`` for its own."""
    suffix: str
    """The end of a lock's key, after the key of its state. A key that is nothing but this suffix locks no state."""
    state_path: str
    """The state path that a lock locks, with ``{container}`` and ``{state_key}`` for its own."""
    service: str
    """AWS's name for the service that keeps the locks."""
    clock: Clock
    """The clock by which the time in a ``LockRef`` goes."""
    regional: bool
    """Whether a container's name is unique only in one account and region."""
    small: bool
    """Whether a container has little more than the locks, so that it can be listed every 15 minutes."""
    release_order: int
    """Of the halves of one lock, the one with the lowest number is released first, and put back last."""


TRAITS: dict[Kind, Traits] = {
    Kind.S3: Traits(
        container="bucket",
        address="s3://{container}/{key}",
        suffix=LOCK_SUFFIX,
        state_path="{container}/{state_key}",
        service="S3",
        clock=Clock.AWS,
        regional=False,
        small=False,
        release_order=1,
    ),
    # S3 is released last: a run takes S3 first, so until then every run with both locks stops there, and none is left
    # with one half.
    Kind.DYNAMODB: Traits(
        container="table",
        address="dynamodb://{container}/{key}",
        suffix="",
        state_path="{state_key}",
        service="DynamoDB",
        clock=Clock.CLIENT,
        regional=True,
        small=True,
        release_order=0,
    ),
}


class Place(msgspec.Struct, frozen=True, order=True):
    """A place where one lock at a time can be kept. Unique in the world.

    Account and region are filled only if the container's name is not unique without them. A bucket's name is unique.
    """

    kind: Kind
    container: str
    """A bucket or a lock table."""
    key: str
    """An object's key, or the ``LockID`` of an item."""
    account: str = ""
    region: str = ""

    @property
    def traits(self) -> Traits:
        """Return what all places of its kind have in common."""
        return TRAITS[self.kind]

    @property
    def may_have_lock(self) -> bool:
        """Return whether Terraform would keep a lock here. Objects anywhere else are never read, told or deleted."""
        suffix = self.traits.suffix
        return self.key.endswith(suffix) and self.key != suffix

    @property
    def state_path(self) -> str:
        """Return ``<bucket>/<state key>``, what Terraform calls ``Path``."""
        state_key = self.key.removesuffix(self.traits.suffix)
        return self.traits.state_path.format(container=self.container, state_key=state_key)

    @property
    def bucket(self) -> str:
        """Return the bucket of the state."""
        return self.state_path.partition("/")[0]

    @property
    def state_key(self) -> str:
        """Return the key of the state in its bucket, with the workspace's part."""
        return self.state_path.partition("/")[2]

    @property
    def address(self) -> str:
        """Return the place as people write it."""
        return self.traits.address.format(container=self.container, key=self.key)

    @property
    def name(self) -> str:
        """Return a text that no other place in the world has."""
        return f"{self.home} {self.key}"

    @property
    def home(self) -> str:
        """Return a text that no other container in the world has."""
        return ":".join((self.kind, self.account, self.region, self.container))


class LockRef(msgspec.Struct, frozen=True):
    """A reference to exactly one lock: its place, its stamp, and the time since which it is there.

    Empty or hand-made locks can have equal bytes and so equal stamps; in S3 the time tells these apart. It is cut to
    whole seconds, because S3's ``Last-Modified`` header has whole seconds.
    """

    place: Place
    stamp: str
    """A text that tells one acquire at a place from others. Only the room that made it reads it.

    In S3: the ETag. In DynamoDB: a hash of ``Info`` as it is stored, and the mark of the put that put it back.
    """
    since: datetime
    """By the clock of ``Traits.clock``; NO_TIME if a table's item does not say when it was made."""

    @property
    def state_path(self) -> str:
        """Return ``<bucket>/<state key>``, what Terraform calls ``Path``."""
        return self.place.state_path

    @property
    def identity(self) -> str:
        """Return a text that no other lock on the same state path has, sortable by the lock's time."""
        return f"{self.since.isoformat()} {self.place.home} {self.stamp}"

    @property
    def name(self) -> str:
        """Return a text that no other lock in the world has."""
        return f"{self.identity} {self.place.key}"


def place_of(state_path: str, identity: str) -> Place:
    """Return the place of a lock from its state path and its identity (``LockRef.identity``)."""
    home = identity.split(" ", 2)[1]
    kind, account, region, container = home.split(":", 3)
    traits = TRAITS[Kind(kind)]
    before = traits.state_path.format(container=container, state_key="")
    return Place(Kind(kind), container, state_path.removeprefix(before) + traits.suffix, account, region)


def container_of(home: str) -> Place:
    """Return the place without a key that stands for a container, from its home (``Place.home``)."""
    kind, account, region, container = home.split(":", 3)
    return Place(Kind(kind), container, "", account, region)


def called(home: str) -> str:
    """Return a container as people call it, from its home (``Place.home``)."""
    kind, _, _, container = home.split(":", 3)
    return f"{TRAITS[Kind(kind)].container} {container}"
