"""Play the demo, by itself or beside a person; nothing is left of it, however it ends."""

import os
import socket
import tempfile
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Error as BrowserError

from demo import browser, stopping
from demo.deployed import DeployedReaper
from demo.hands import BrowserHands, Hands, StandInHands
from demo.narrator import JournalTail, Narrator
from demo.picture import Album
from demo.runs import RealRuns, SampleLocks
from demo.story import PATH, Story, decided, prepare, rights
from demo.terraform import find_terraform

_PORT = 4180
# A person needs time to look around before the second level is reached.
_SECOND, _SECOND_FOR_A_PERSON = "15s", "1m"


def main() -> int:
    """Play it; return 0 if every step was seen, or if the person who was looking ended it."""
    narrator = Narrator()
    once = os.environ.get("ONCE", "") not in ("", "0")
    try:
        with ExitStack() as closing:
            folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="tflock-reaper-demo-")))
            try:
                (_play_by_itself if once else _play_with_a_person)(folder, narrator, closing)
            except BaseException:
                if stopping.asked():  # removing some ten thousand files takes a while
                    narrator.step("ending: stopping the local cloud, removing what it unpacked")
                raise
    except stopping.Stopped:
        return _stopped(narrator, once=once)
    except (TimeoutError, RuntimeError, BrowserError) as error:
        if stopping.asked():  # Ctrl-C reaches the programs of the demo too
            return _stopped(narrator, once=once)
        narrator.step(f"the demo failed: {error}")
        return 1
    return 0


def _stopped(narrator: Narrator, *, once: bool) -> int:
    narrator.step("stopped; nothing is left running")
    return 128 + stopping.asked() if once else 0


def _play_by_itself(folder: Path, narrator: Narrator, closing: ExitStack) -> None:
    program = _find_browser(narrator)
    reaper = closing.enter_context(DeployedReaper(folder, decided(_SECOND), release=_release()))
    story = _begin(reaper, folder, narrator, closing)
    story.play(_hands(program, reaper, narrator, closing), _SECOND)
    narrator.step("every step was seen")


def _play_with_a_person(folder: Path, narrator: Narrator, closing: ExitStack) -> None:
    decisions = decided(_SECOND_FOR_A_PERSON)
    reaper = closing.enter_context(DeployedReaper(folder, decisions, slack_port=_port(), release=_release()))
    story = _begin(reaper, folder, narrator, closing)
    narrator.aside(f"open {reaper.slack.url}, click what you like, and type /tflocks; choose at the left who clicks:")
    for user in rights():
        narrator.aside(f"- {user.name}: {user.title}")
    narrator.aside(f"the second threshold is {_SECOND_FOR_A_PERSON}, and a watch looks every few seconds")
    narrator.aside("Ctrl-C ends it")
    webbrowser.open(reaper.slack.url)
    story.accompany()


def _release() -> Path | None:
    """Return the folder with the files of the release to play it on (``RELEASE=dist``); None: on this checkout."""
    named = os.environ.get("RELEASE")
    return Path(named) if named else None


def _port() -> int:
    """Return the page's port; 0, which takes any free one, if another demo has it."""
    with socket.socket() as taken:
        return _PORT if taken.connect_ex(("127.0.0.1", _PORT)) else 0


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
        with stopping.at_once():
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
