"""``make demo``: the whole story on this machine, no accounts needed. ``ONCE=1`` plays it through by itself."""

import os
import signal
import sys
import tempfile
import threading
import webbrowser
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from types import FrameType

from demo import browser
from demo.deployed import ALICE, DeployedReaper
from demo.narrator import JournalTail, Narrator
from demo.story import BUCKET, THRESHOLD, Click, RealRuns, SampleLocks, play, prepare
from demo.terraform import find_terraform

_PORT = 4180


def main() -> int:
    """Play it; 0 only when every step was seen."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    narrator = Narrator()
    once = os.environ.get("ONCE", "") not in ("", "0")
    try:
        with ExitStack() as closing:
            folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="tflock-reaper-demo-")))
            _play(folder, narrator, closing, once=once)
    except KeyboardInterrupt:
        narrator.step("stopped; nothing is left running")
        return 0 if not once else 130
    except (TimeoutError, RuntimeError) as error:
        narrator.step(f"the demo failed: {error}")
        return 1
    return 0


def _play(folder: Path, narrator: Narrator, closing: ExitStack, *, once: bool) -> None:
    program = _find_browser(narrator) if once else None
    port = 0 if once else _PORT
    reaper = closing.enter_context(DeployedReaper(folder, buckets=(BUCKET,), threshold=THRESHOLD, slack_port=port))
    prepare(reaper, narrator)
    journal = JournalTail(reaper, narrator)
    closing.callback(journal.stop)
    journal.start()
    runs = _runs(reaper, folder, narrator)
    closing.callback(runs.close)
    if program:
        click = _browser_clicks(reaper, closing.enter_context(browser.a_visitor(program)), narrator)
    else:
        click = _stand_in_clicks(reaper, narrator) if once else _person_clicks(reaper, narrator)
    try:
        play(reaper, runs, journal, narrator, click)
    except TimeoutError:
        narrator.aside(f"the end of the local cloud's log:\n{reaper.cloud.log_tail()}")
        raise
    narrator.step("every step was seen")
    if not once:
        narrator.aside("the page stays until Ctrl-C")
        threading.Event().wait()


def _runs(reaper: DeployedReaper, folder: Path, narrator: Narrator) -> RealRuns | SampleLocks:
    program = find_terraform()
    return RealRuns(program, reaper, folder / "runs", narrator) if program else SampleLocks(reaper, narrator)


def _find_browser(narrator: Narrator) -> str | None:
    found = browser.find_browser()
    if not found:
        narrator.step("no Chromium or Chrome on the PATH: asking Playwright for its own")
        found = browser.find_browser() if browser.install_browser() else None
    return found


def _browser_clicks(reaper: DeployedReaper, visitor: browser.Visitor, narrator: Narrator) -> Click:
    def click(path: str) -> None:
        visitor.visit(reaper.slack.url)
        visitor.become(ALICE.id)
        narrator.step(f"a headless browser, as {ALICE.name}, clicks Release and is asked:")
        question = visitor.click_release(path)
        narrator.aside(" | ".join(line for line in question.splitlines() if line.strip()))
        visitor.message(path, f"Released by @{ALICE.name}")

    return click


def _stand_in_clicks(reaper: DeployedReaper, narrator: Narrator) -> Click:
    def click(path: str) -> None:
        narrator.step(f"no browser to be had: {ALICE.name}'s click is sent as Slack sends it, without a page")
        message = reaper.alert(path)
        status = reaper.slack.click(ALICE.id, message.channel, message.ts, "release_lock")
        if status != HTTPStatus.OK:
            raise RuntimeError(f"the app answered the click with {status}")

    return click


def _person_clicks(reaper: DeployedReaper, narrator: Narrator) -> Click:
    def click(_path: str) -> None:
        narrator.aside("open it, click Release and confirm; as Bob you will be refused, as Alice you may")
        webbrowser.open(reaper.slack.url)
        a_day = 24 * 60 * 60
        reaper.alert(f"Released by <@{ALICE.id}>", seconds=a_day)

    return click


def _as_interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
