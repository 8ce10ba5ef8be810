"""Release leftovers as a click in Slack does: by an order in the queue of the deployed ``release_lock``."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench.force_unlock.place import LockedState
from chalicelib.aws.locks.dynamodb import DynamoLockStore
from chalicelib.aws.locks.places import Places
from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.aws.orders.sqs import SqsOrders
from chalicelib.core.clicks.click import Click
from chalicelib.core.locks.place import NO_TIME, Kind, LockRef, Place
from chalicelib.core.locks.state_lock import StateLock
from demo.deployed import ALICE, CHANNEL, DeployedReaper
from demo.waiting import wait_for

_ANSWERS = ("release_answered", "lock_replaced")
Line = dict[str, Any]


class Clicks:
    """Alice, who may release locks, clicks on what is left behind."""

    def __init__(self, reaper: DeployedReaper) -> None:
        self._reaper = reaper
        s3, dynamodb = reaper.cloud.client("s3"), reaper.cloud.client("dynamodb")
        self._store = Places(
            {
                Kind.S3: S3LockStore(*[lambda *_: s3] * 3),
                Kind.DYNAMODB: DynamoLockStore(*[lambda *_: dynamodb] * 3),
            },
            covers=lambda _place: True,  # whoever runs it may look wherever AWS lets them
        )
        self._orders = SqsOrders(reaper.cloud.client("sqs"), lambda _queue: reaper.outputs["ReleaseQueueUrl"])
        self._clicked: dict[str, int] = {}

    def click(self, state: LockedState) -> None:
        """Click *Release* once for each holder of a state."""
        holders = list(self._holders(state))
        for number, halves in enumerate(holders):
            click = Click(
                lock=halves[-1],
                halves=halves if len(halves) > 1 else (),
                user=ALICE.id,
                user_team=self._reaper.workspace.team_id,
                channel=CHANNEL.id,
                click=f"{state.state_path} {number}",
            )
            self._orders.carry_out(click, timedelta(0))
        self._clicked[state.state_path] = len(holders)

    def answers(self, state: LockedState) -> list[Line]:
        """Return the journal's lines of how the clicks on a state ended, once all of them are there."""
        return wait_for(f"{state.leftover.what}: the clicks are answered", lambda: self._answered(state.state_path))

    def _answered(self, path: str) -> list[Line] | None:
        journal = self._reaper.journal()
        lines = [line for line in journal if line["event"] in _ANSWERS and line["state_path"] == path]
        return lines if len(lines) == self._clicked[path] else None

    def _holders(self, state: LockedState) -> Iterator[tuple[LockRef, ...]]:
        """Yield the halves of each holder, in the order of their release."""
        locks = tuple(lock for place in _places(state) if (lock := self._store.read(place)))
        if not locks:  # nothing here is a lock; a click can still name what is there
            yield (LockRef(_places(state)[-1], "0", NO_TIME),)
        seen = StateLock(locks)
        yield from {tuple(half.ref for half in seen.halves(lock, ())) or (lock.ref,) for lock in locks}


def _places(state: LockedState) -> tuple[Place, Place]:
    return (
        Place(Kind.S3, state.bucket, f"{state.key}.tflock"),
        Place(Kind.DYNAMODB, state.table, state.state_path),
    )
