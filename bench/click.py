"""``python -m bench.click [ROUNDS]``: how long a click takes.

On the local cloud, warm: until Slack has its 200 (it waits three seconds), and until the lock is gone. The peer is
what a person does today, with the repository checked out, initialised and the lock's ID at hand:
`terraform force-unlock`.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from demo.deployed import ALICE, DeployedReaper
from demo.terraform import TerraformState, find_terraform
from demo.waiting import wait_for
from tests.builders import sample

_BUCKET = "acme-tfstate"
_LOCK_ID = "78653438-8ad9-5195-0db7-201620792a67"


def main(rounds: int) -> None:
    """Measure both and print medians and 95th percentiles in milliseconds."""
    with (
        tempfile.TemporaryDirectory() as name,
        DeployedReaper(Path(name), buckets=(_BUCKET,), threshold="1s") as reaper,
    ):
        reaper.deploy()
        reaper.create_state_bucket(_BUCKET)
        answered, released = zip(*[_click(reaper, number) for number in range(rounds + 1)][1:], strict=True)
        _print("click to Slack's 200", answered)
        _print("click to lock gone", released)
        if program := find_terraform():
            environment = reaper.cloud.environment
            state = TerraformState(
                program, Path(name) / "tf", bucket=_BUCKET, key="peer.tfstate", environment=environment
            )
            state.must("init")
            _print("terraform force-unlock", [_force_unlock(reaper, state) for _ in range(rounds)])


def _click(reaper: DeployedReaper, number: int) -> tuple[float, float]:
    key = f"click-{number}.tfstate"
    reaper.put_lock(_BUCKET, key, sample("s3-apply-default"))
    alert = reaper.alert_of(_BUCKET, key)
    start = time.perf_counter()
    reaper.slack.click(ALICE.id, alert.channel, alert.ts, "release_lock")
    answered = time.perf_counter() - start
    wait_for("the lock is gone", lambda: reaper.lock_body(_BUCKET, key) is None, every=0.005)
    return answered, time.perf_counter() - start


def _force_unlock(reaper: DeployedReaper, state: TerraformState) -> float:
    reaper.put_lock(_BUCKET, state.key, sample("s3-apply-default"))
    return _timed(lambda: state.must("force-unlock", "-force", _LOCK_ID))


def _timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _print(what: str, seconds: "list[float] | tuple[float, ...]") -> None:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(
        f"{what:<24} median {1000 * statistics.median(ordered):6.0f} ms   p95 {1000 * p95:6.0f} ms   of {len(ordered)}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
