"""Click when the demo plays by itself: by a headless browser, or, without one, by the stand-in alone."""

from http import HTTPStatus
from typing import Protocol

from chalicelib.slack.words.parts.buttons import PUT_BACK_ACTION, RELEASE_ACTION
from demo.browser import Visitor
from demo.deployed import CHANNEL, DeployedReaper
from demo.narrator import Narrator
from demo.picture import Album
from demo.slack_standin import User

_ASKED = {RELEASE_ACTION, PUT_BACK_ACTION}
"""Buttons that ask whether the person is sure."""


class Hands(Protocol):
    """The things people do with the alert of one state path."""

    def click(self, user: User, action: str, option: str | None = None) -> None:
        """Click a button of the alert and say yes if it asks, or choose an option of a select."""

    def enter(self, user: User, text: str) -> None:
        """Type into the channel."""

    def show(self, picture: str, *said: str) -> None:
        """Look at the message that says this; ``picture`` is the name of a picture of it."""


class BrowserHands:
    """Hands at the stand-in's page in a browser."""

    def __init__(self, visitor: Visitor, album: Album, path: str, narrator: Narrator) -> None:
        self._visitor = visitor
        self._album = album
        self._path = path
        self._narrator = narrator

    def click(self, user: User, action: str, option: str | None = None) -> None:
        """Click on the alert that the page shows."""
        self._visitor.become(user.id)
        if option:
            self._visitor.choose(action, option, self._path)
        elif action in _ASKED:
            question = self._visitor.press_and_answer(action, self._path)
            self._narrator.aside("is asked: " + " | ".join(line for line in question.splitlines() if line.strip()))
        else:
            self._visitor.press(action, self._path)

    def enter(self, user: User, text: str) -> None:
        """Type into the composer."""
        self._visitor.become(user.id)
        self._visitor.enter(text)

    def show(self, picture: str, *said: str) -> None:
        """Wait until the page shows the message; put a picture of it into the album."""
        self._album.take(picture, self._visitor.message(*said))


class StandInHands:
    """Hands without a page: they send what Slack would send."""

    def __init__(self, reaper: DeployedReaper, path: str) -> None:
        self._reaper = reaper
        self._path = path

    def click(self, user: User, action: str, option: str | None = None) -> None:
        """Send the payload of that click."""
        message = self._reaper.alert(self._path, action)
        status = self._reaper.slack.click(user.id, message.channel, message.ts, action, option=option)
        if status != HTTPStatus.OK:
            raise RuntimeError(f"the app answered the click with {status}")

    def enter(self, user: User, text: str) -> None:
        """Send the form of that command."""
        self._reaper.slack.enter(user.id, CHANNEL.id, text)

    def show(self, picture: str, *said: str) -> None:
        """Do nothing: there is nothing to look at."""
