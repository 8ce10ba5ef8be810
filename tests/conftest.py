"""Settings for all tests."""

import gc
import os
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import HealthCheck, settings

from tests.odd_server import OddServer, an_odd_server
from tests.workers import CLOUD, LONG, ByCloud

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from xdist.remote import Producer

# No deadline: how fast a machine is, is no test's business (bench/ measures). In CI the same examples every time, so
# that a change is judged by what it changed; on a developer's machine new ones, to find what nobody thought of.
settings.register_profile(
    "here", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("here")
# Each session of boto3 reads the descriptions of its services anew: for all tests together that was a minute.
JSONFileLoader.load_file = staticmethod(cache(JSONFileLoader().load_file))  # type: ignore[method-assign]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> ByCloud | None:
    """Where whole files are asked for; `make check` has no slow ones, and spreads single tests."""
    return ByCloud(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave to `make test` what `make check` has in another form: contracts once more in moto, the demo's own tests."""
    if " in moto" in item.name or item.nodeid.startswith("tests/demo/"):
        item.add_marker(pytest.mark.thorough)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What lasts the longest first, so that no worker is left alone with it."""
    items.sort(
        key=lambda item: (
            not item.nodeid.startswith(CLOUD),
            item.get_closest_marker("local_cloud") is None,
            not item.nodeid.startswith(LONG),
        )
    )


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One a worker: Playwright runs once in a process."""
    # Only tests with a browser need Playwright, and the run on the functions' own Python has none of them.
    from demo.browser import a_browser  # noqa: PLC0415
    from tests import needs  # noqa: PLC0415

    with a_browser(needs.browser()) as running:
        yield running


@pytest.fixture(scope="module")
def odd_server() -> Iterator[OddServer]:
    """One a module; what broken answers left open is closed before other modules' tests."""
    with an_odd_server() as running:
        yield running
    gc.collect()
