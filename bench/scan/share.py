"""Give a process the share of a CPU that Lambda gives a function of some memory: 1,769 MB is one CPU (AWS's page)."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

_PERIOD = 0.1
_V1, _V2 = Path("/sys/fs/cgroup/cpu/tflock-bench"), Path("/sys/fs/cgroup/tflock-bench")
SHARE_OF_512_MB = 0.29


def by() -> str:
    """Return in words what limits a process here."""
    with _group(1.0) as group:
        return "a cgroup's quota" if group else "stopping it for a part of each 100 ms"


@contextmanager
def limiting(share: float) -> Iterator[Callable[[int], None]]:
    """Give what limits a process, by its ID, from then on."""
    ended = Event()
    with _group(share) as group:

        def limit(process: int) -> None:
            if group:
                (group / "cgroup.procs").write_text(str(process))
            else:
                Thread(target=_stop_and_go, args=(process, share, ended), daemon=True).start()

        yield limit
        ended.set()


@contextmanager
def _group(share: float) -> Iterator[Path | None]:
    quota, period = int(share * 100_000), 100_000
    written = {
        _V1: {"cpu.cfs_period_us": f"{period}", "cpu.cfs_quota_us": f"{quota}"},
        _V2: {"cpu.max": f"{quota} {period}"},
    }
    for group, files in written.items():
        try:
            group.mkdir()
            for name, text in files.items():
                (group / name).write_text(text)
        except OSError:
            with suppress(OSError):
                group.rmdir()
            continue
        yield group
        time.sleep(_PERIOD)
        with suppress(OSError):
            group.rmdir()
        return
    yield None


def _stop_and_go(process: int, share: float, ended: Event) -> None:
    with suppress(ProcessLookupError):
        while not ended.is_set():
            os.kill(process, signal.SIGCONT)
            time.sleep(_PERIOD * share)
            os.kill(process, signal.SIGSTOP)
            time.sleep(_PERIOD * (1 - share))
