"""The wire form of the order to sweep a target."""

import msgspec

from chalicelib.aws.orders.wire import VERSION, Order
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target


class _Sweep(Order, frozen=True, tag="sweep"):
    kind: Kind
    container: str
    prefixes: tuple[str, ...] = ()
    region: str | None = None


def write_sweep(target: Target) -> bytes:
    """Write an order to sweep a target."""
    order = _Sweep(
        v=VERSION,
        kind=target.kind,
        container=target.container,
        prefixes=target.prefixes,
        region=target.region,
    )
    return msgspec.json.encode(order)


def read_sweep(message: str) -> Target:
    """Read an order to sweep a target.

    Raises:
        msgspec.MsgspecError: it is something else, or of another version.
    """
    order = msgspec.json.decode(message, type=_Sweep)
    return Target(kind=order.kind, container=order.container, prefixes=order.prefixes, region=order.region)
