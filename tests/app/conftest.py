"""The application in an account, for the tests of its entry points."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.aws import passed_over
from tests.app.account import an_account


@pytest.fixture(scope="module")
def queues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of the account's queues."""
    with an_account(tmp_path_factory.mktemp("config")) as client:
        yield client


@pytest.fixture
def onto_the_captured_output() -> None:
    """Build anew what keeps the standard output it was built with: pytest has another one for each test."""
    wiring.journal.cache_clear()
    wiring.world.cache_clear()
    passed_over._say_once.cache_clear()
