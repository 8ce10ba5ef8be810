"""Be the person in front of Slack, with a real browser: look at the page, click, confirm."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# The browser shows one local page: it needs no sandbox (it may run as root) and makes no calls home.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_MILLISECONDS = 60_000


def find_browser() -> str | None:
    """Return Chromium or Chrome from the PATH, or Playwright's own; None if none is installed."""
    on_path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if on_path:
        return on_path
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return str(own) if own.exists() else None


def install_browser() -> bool:
    """Have Playwright fetch its own Chromium; return False if that fails."""
    command = [sys.executable, "-m", "playwright", "install", "chromium", "--only-shell"]
    with contextlib.suppress(subprocess.TimeoutExpired):
        return subprocess.run(command, capture_output=True, timeout=180, check=False).returncode == 0
    return False


class Visitor:
    """One person at the stand-in's page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def visit(self, url: str) -> None:
        """Open the page."""
        self.page.goto(url)

    def become(self, user_id: str) -> None:
        """Choose who is clicking."""
        self.page.select_option("#clicker", user_id)

    def enter(self, text: str) -> None:
        """Type into the composer of the channel and press Enter: words for everyone, or a slash command."""
        self.page.fill("#composer input", text)
        self.page.press("#composer input", "Enter")

    def message(self, *said: str) -> Locator:
        """Return the message that shows all of these texts, once it is there."""
        found = self.page.locator("article.message")
        for text in said:
            found = found.filter(has_text=text)
        found.first.wait_for()
        return found.first

    def choose(self, select: str, option: str, *said: str) -> None:
        """Choose an option of a message's select."""
        self.message(*said).locator(f'select[data-action-id="{select}"]').select_option(option)

    def press(self, button: str, *said: str) -> None:
        """Click a button of a message that asks nothing back."""
        self.message(*said).locator(f'button[data-action-id="{button}"]').click()

    def press_and_answer(self, button: str, *said: str, yes: bool = True) -> str:
        """Click a button of a message and answer its question; return the question's text."""
        self.press(button, *said)
        dialog = self.page.locator("dialog.confirm[open]")
        dialog.wait_for()
        question = dialog.inner_text()
        dialog.locator("button.confirm-yes" if yes else "button.confirm-no").click()
        return question


@contextlib.contextmanager
def a_browser(program: str) -> Iterator[Browser]:
    """Start a headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def a_visitor(program: str) -> Iterator[Visitor]:
    """Start a visitor with a browser of their own."""
    with a_browser(program) as browser:
        yield visitor_in(browser)


def visitor_in(browser: Browser) -> Visitor:
    """Open a window for a visitor."""
    page = browser.new_page(viewport={"width": 1020, "height": 900}, device_scale_factor=2)
    page.set_default_timeout(_MILLISECONDS)
    return Visitor(page)
