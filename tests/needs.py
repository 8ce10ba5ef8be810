"""What the end-to-end tests need of a machine: a reason to skip on a user's, a failure in CI."""

import os

import pytest

from demo.browser import find_browser
from demo.terraform import find_terraform


def terraform() -> str:
    """The program; skips or fails without one."""
    return find_terraform() or _missing("no terraform or tofu on the PATH")


def browser() -> str:
    """The program; skips or fails without one."""
    return find_browser() or _missing("no Chromium or Chrome on the PATH")


def _missing(what: str) -> str:
    if os.environ.get("CI"):
        pytest.fail(f"{what}; in CI it has to be there")
    pytest.skip(what)
