"""``python -m bench.cost [CYCLES]``: what a million lock cycles cost (one acquire, one release), from counted calls.

The reaper's own function is run in this process against moto, with the batches that its queue would make, and each
call to AWS is counted with the sizes of the items it met. So are two peers with an invocation for each event and the
same locks: ``one_lambda_per_event``, which has the same duties, and ``lean_function``, which has fewer. S3 tells some
events late, out of order or twice. Metrics are left out: they cost the same each month whatever happens.
"""

import importlib
import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

import app
from bench.cost_table import tell, tell_often
from bench.counted import CountedCalls
from bench.metered import Bill
from bench.run import Account, Load, Run
from tests.app.account import an_account
from tests.aws_fixtures import REGION
from tests.builders import BUCKET

_BATCH, _WINDOW, _SETTLE = 25, 10, 120
"""The batch settings that app.py and .chalice/resources.yaml ask Lambda and SQS for."""
_BUSY, _SELDOM = 1_000_000, 10_000
"""Cycles a month."""
_STATES, _FEW_STATES = 100, 2
_USUAL = Load(_STATES, _BUSY)


def main(number: int) -> None:
    """Count the calls of all designs and print the bills."""
    few = number // 4  # where nothing depends on how full a batch is
    with tempfile.TemporaryDirectory() as folder, _account(Path(folder)) as account:
        busy = _ours(account, "the reaper, 1 M a month", number)
        seldom = _ours(account, "the reaper, 10,000 a month", few, replace(_USUAL, a_month=_SELDOM))
        single = _ours(account, "the reaper, in batches of one", few, batch=1)
        queued = _peer(account, "one Lambda per event, the same duties, out of a queue", few)
        direct = _peer(account, "the same, invoked by S3: not safe from an outage of minutes", few, direct=True)
        lean = _lean(account, "a lean function, invoked by S3: less than half of the duties", number)
        tell([busy, seldom, single, queued, direct, lean])
        often = _ours(account, "the reaper, few states", few, Load(_FEW_STATES, _BUSY // 30))
        tell_often(busy, often, remembered=few / _FEW_STATES / 2)


@contextmanager
def _account(folder: Path) -> Iterator[Account]:
    with an_account(folder) as queues, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SETTLE_SECONDS", str(_SETTLE))
        queues.create_queue(QueueName="releases")
        calls = CountedCalls(REGION)
        calls.listen()
        s3 = boto3.client("s3")
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield Account(calls, io.StringIO(), s3, boto3.client("dynamodb"), BUCKET)


def _ours(account: Account, name: str, number: int, load: Load = _USUAL, batch: int = _BATCH) -> Bill:
    """Run the reaper's design: S3 tells a queue, and ``record_lock_event`` takes its batches."""
    run = Run(account, name, load)
    queue = run.queue(app.record_lock_event, batch, _WINDOW if batch > 1 else 0)
    return run.bill(number, lambda event, late: run.send(queue, event, late))


def _peer(account: Account, name: str, number: int, *, direct: bool = False) -> Bill:
    """Run the peer: S3 tells a queue whose batches are single messages, or invokes the function itself."""
    run = Run(account, name, _USUAL)
    peer = _loaded(account, "bench.one_lambda_per_event")
    events = run.queue(peer.on_message)
    run.queue(peer.on_release)

    def tell_peer(event: dict[str, Any], late: float) -> None:
        if direct:
            run.invoke(peer.on_event, event, late)
        else:
            run.send(events, event, late)

    return run.bill(number, tell_peer)


def _lean(account: Account, name: str, number: int) -> Bill:
    """Run the lean peer: S3 invokes its one function."""
    run = Run(account, name, _USUAL)
    lean = _loaded(account, "bench.lean_function")
    return run.bill(number, lambda event, late: run.invoke(lean.on_event, event, late), whole=False)


def _loaded(account: Account, module: str) -> Any:
    """Load a function's code. It makes its clients when it is loaded, so there must be an account."""
    with redirect_stdout(account.log):
        return importlib.import_module(module)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
