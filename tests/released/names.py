"""The names by which things are found again: hashes, keys and beginnings that no form on the wire spells out."""

from chalicelib.core.alerts.digest import short_name
from chalicelib.core.audit.event import RELEASING, RESTORING
from chalicelib.core.locks.mark import mark_of
from tests.builders import ALICE
from tests.released import memory
from tests.released.pages import SENDING
from tests.released.scene import HALF, LOCK, THERE

_LOCKS = {"in S3": LOCK.ref, "in a table": HALF.ref, "in another account": THERE.ref}


def names() -> dict[str, str]:
    """Return the names as the code of today makes them."""
    return {
        "the trace of a message": SENDING.trace,
        **{f"the trace of a digest, {name}": digest.sending.trace for name, digest in memory.DIGESTS.items()},
        **{f"the lock {where}": ref.name for where, ref in _LOCKS.items()},
        **{f"the lock {where} in a digest": short_name(ref) for where, ref in _LOCKS.items()},
        **{f"the home of the lock {where}": ref.place.home for where, ref in _LOCKS.items()},
        **{f"the address of the lock {where}": ref.place.address for where, ref in _LOCKS.items()},
        **{f"the event of {name}": noted.event.event_id for name, noted in memory.EVENTS.items()},
        "the mark of a put": mark_of(f"{ALICE} 1"),
        **{f"the locks shown, {name}": joint.shown for name, joint in memory.JOINTS.items()},
        **{f"the locks released, {name}": joint.released for name, joint in memory.JOINTS.items()},
        "the session of a release": RELEASING,
        "the session of a put": RESTORING,
    }
