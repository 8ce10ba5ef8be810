import subprocess
import sys

import pytest

from demo.narrator import Narrator
from deploy.commands import ROOT

FAREWELL = """
import sys
from demo.narrator import Narrator
narrator = Narrator()
narrator.step("begun")
sys.stdin.read()
narrator.step("nobody hears this")
narrator.step("nor this")
"""


def test_a_terminal_that_was_closed_does_not_keep_the_demo_from_clearing_up() -> None:
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", FAREWELL],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as demo:
        assert demo.stdin
        assert demo.stdout
        assert demo.stderr
        assert b"begun" in demo.stdout.readline()
        demo.stdout.close()
        demo.stdin.close()
        assert (demo.stderr.read(), demo.wait(10)) == (b"", 0)


def test_a_watch_that_finds_what_the_last_one_did_does_not_push_the_story_away(
    capsys: pytest.CaptureFixture[str],
) -> None:
    narrator = Narrator()
    for locks in (2, 2, 2, 1):
        narrator.journal_line({"event": "watch_finished", "locks": locks, "time": "different each time"})
    for _ in range(2):
        narrator.journal_line({"event": "lock_acquired", "state_path": "a"})
    told = capsys.readouterr().out
    assert [told.count(line) for line in ("locks=2", "locks=1", "lock_acquired")] == [1, 1, 2]
