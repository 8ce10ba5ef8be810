"""What a look through a target found."""

import msgspec


class ListedPage(msgspec.Struct, frozen=True):
    """One page of a bucket's listing."""

    lock_keys: tuple[str, ...]
    objects: int
    """How many were listed to find them."""
