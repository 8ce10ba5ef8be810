"""Where one lock can be kept, and which lock is kept there."""

from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX


class Kind(StrEnum):
    """The kinds of places. ``aws.locks`` has one module for each."""

    S3 = "s3"
    """An object beside its state. Terraform: ``use_lockfile``."""


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """What is so of every place of one kind."""

    container: str
    """What people call the container."""
    address: str
    """How people write the place; ``{container}`` and ``{key}`` stand for its own."""
    suffix: str
    """What the key of a lock ends in, behind the key of its state. A bare one locks no state."""
    state_path: str
    """Which state path a lock locks; ``{container}`` and ``{state_key}`` stand for its own."""


TRAITS: dict[Kind, Traits] = {
    Kind.S3: Traits(
        container="bucket",
        address="s3://{container}/{key}",
        suffix=LOCK_SUFFIX,
        state_path="{container}/{state_key}",
    ),
}


class Place(msgspec.Struct, frozen=True, order=True):
    """Where one lock can be kept, and no other at the same time. Unique in the world.

    Account and region are part of it only where the container's name is not unique by itself: a bucket's name is.
    """

    kind: Kind
    container: str
    """A bucket."""
    key: str
    account: str = ""
    region: str = ""

    @property
    def traits(self) -> Traits:
        """Return what is so of every place of its kind."""
        return TRAITS[self.kind]

    @property
    def may_have_lock(self) -> bool:
        """Return whether Terraform would keep a lock here; nothing else is read, told or deleted."""
        suffix = TRAITS[self.kind].suffix
        return self.key.endswith(suffix) and self.key != suffix

    @property
    def state_path(self) -> str:
        """Return ``<bucket>/<state key>``, what Terraform calls ``Path``."""
        traits = TRAITS[self.kind]
        state_key = self.key.removesuffix(traits.suffix)
        return traits.state_path.format(container=self.container, state_key=state_key)

    @property
    def state_key(self) -> str:
        """Return the state's key in its bucket, in every workspace."""
        return self.state_path.partition("/")[2]

    @property
    def address(self) -> str:
        """Return the place as people write it."""
        return self.traits.address.format(container=self.container, key=self.key)

    @property
    def name(self) -> str:
        """Return what tells this place from every other one there is."""
        return f"{self.home} {self.key}"

    @property
    def home(self) -> str:
        """Return what tells its container from every other one there is."""
        return ":".join((self.kind, self.account, self.region, self.container))


class LockRef(msgspec.Struct, frozen=True):
    """Which lock exactly: its place, its stamp, and since when it is there.

    The time tells empty and hand-made locks apart, whose equal bytes give equal stamps. It is the place's own clock,
    cut to whole seconds, which is all that S3's ``Last-Modified`` header has.
    """

    place: Place
    stamp: str
    """What tells one acquire at a place from others; opaque to all but the room that made it. In S3: the ETag."""
    since: datetime

    @property
    def state_path(self) -> str:
        """Return ``<bucket>/<state key>``, what Terraform calls ``Path``."""
        return self.place.state_path

    @property
    def identity(self) -> str:
        """Return what tells this lock from every other lock on the same state path; sortable by its time."""
        return f"{self.since.isoformat()} {self.place.home} {self.stamp}"

    @property
    def name(self) -> str:
        """Return what tells this lock from every other lock there is."""
        return f"{self.identity} {self.place.key}"

    def parts(self) -> tuple[str, ...]:
        """Return the lock as texts, of which only the last may have line breaks. ``ref_of`` reads them."""
        place = self.place
        home = (place.kind, place.account, place.region, place.container)
        return (self.stamp, self.since.isoformat(), *home, place.key)


def place_of(state_path: str, identity: str) -> Place:
    """Return the place of a lock from its state path and its identity (``LockRef.identity``)."""
    home = identity.split(" ", 2)[1]
    kind, account, region, container = home.split(":", 3)
    traits = TRAITS[Kind(kind)]
    before = traits.state_path.format(container=container, state_key="")
    return Place(Kind(kind), container, state_path.removeprefix(before) + traits.suffix, account, region)


PARTS = 7
"""How many texts ``LockRef.parts`` gives."""


def ref_of(parts: tuple[str, ...]) -> LockRef:
    """Return the lock that ``LockRef.parts`` wrote.

    Raises:
        ValueError: when they are anything else.
    """
    stamp, since, kind, account, region, container, key = parts
    at = datetime.fromisoformat(since)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return LockRef(Place(Kind(kind), container, key, account, region), stamp, at)
