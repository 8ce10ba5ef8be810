"""``make demo``: the whole story on this machine, no accounts needed. ``ONCE=1`` plays it through by itself."""

import os
import signal
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from playwright.sync_api import Error as BrowserError

from demo import browser
from demo.deployed import ALICE, BOB, DeployedReaper
from demo.hands import BrowserHands, Hands, StandInHands
from demo.narrator import JournalTail, Narrator
from demo.picture import Album
from demo.runs import RealRuns, SampleLocks
from demo.story import PATH, Story, decided, prepare
from demo.terraform import find_terraform

_PORT = 4180
# A person needs time to look around before the second level is reached.
_SECOND, _SECOND_FOR_A_PERSON = "15s", "1m"


def main() -> int:
    """Play it; 0 only when every step was seen."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    narrator = Narrator()
    once = os.environ.get("ONCE", "") not in ("", "0")
    try:
        with ExitStack() as closing:
            folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="tflock-reaper-demo-")))
            (_play_by_itself if once else _play_with_a_person)(folder, narrator, closing)
    except KeyboardInterrupt:
        narrator.step("stopped; nothing is left running")
        return 0 if not once else 130
    except (TimeoutError, RuntimeError, BrowserError) as error:
        narrator.step(f"the demo failed: {error}")
        return 1
    return 0


def _play_by_itself(folder: Path, narrator: Narrator, closing: ExitStack) -> None:
    program = _find_browser(narrator)
    reaper = closing.enter_context(DeployedReaper(folder, decided(_SECOND)))
    story = _begin(reaper, folder, narrator, closing)
    story.play(_hands(program, reaper, narrator, closing), _SECOND)
    narrator.step("every step was seen")


def _play_with_a_person(folder: Path, narrator: Narrator, closing: ExitStack) -> None:
    reaper = closing.enter_context(DeployedReaper(folder, decided(_SECOND_FOR_A_PERSON), slack_port=_PORT))
    story = _begin(reaper, folder, narrator, closing)
    narrator.aside(f"open it, click what you like, as {ALICE.name} or as {BOB.name} (at the left), and type /tflocks")
    narrator.aside(f"the second threshold is {_SECOND_FOR_A_PERSON}, and a watch looks every few seconds")
    webbrowser.open(reaper.slack.url)
    story.accompany()
    narrator.step("the lock is released for good; the page stays until Ctrl-C")
    threading.Event().wait()


def _begin(reaper: DeployedReaper, folder: Path, narrator: Narrator, closing: ExitStack) -> Story:
    prepare(reaper, narrator)
    journal = JournalTail(reaper, narrator)
    closing.callback(journal.stop)
    journal.start()
    program = find_terraform()
    runs = RealRuns(program, reaper, folder / "runs", narrator) if program else SampleLocks(reaper, narrator)
    closing.callback(runs.close)
    story = Story(reaper, runs, journal, narrator)
    closing.push(_told_by_the_cloud(reaper, narrator))
    story.begin()
    return story


def _told_by_the_cloud(reaper: DeployedReaper, narrator: Narrator) -> Callable[..., None]:
    def on_exit(_kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, TimeoutError):
            narrator.aside(f"the end of the local cloud's log:\n{reaper.cloud.log_tail()}")

    return on_exit


def _find_browser(narrator: Narrator) -> str | None:
    found = browser.find_browser()
    if not found:
        narrator.step("no Chromium or Chrome on the PATH: asking Playwright for its own")
        found = browser.find_browser() if browser.install_browser() else None
    return found


def _hands(program: str | None, reaper: DeployedReaper, narrator: Narrator, closing: ExitStack) -> Hands:
    if program is None:
        narrator.step("no browser to be had: clicks are sent as Slack sends them, without a page")
        return StandInHands(reaper, PATH)
    pictures = os.environ.get("PICTURES")
    visitor = closing.enter_context(browser.a_visitor(program))
    visitor.visit(reaper.slack.url)
    narrator.step("a headless browser is at the page")
    return BrowserHands(visitor, Album(Path(pictures) if pictures else None), PATH, narrator)


def _as_interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
