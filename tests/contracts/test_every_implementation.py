"""Whatever can stand behind a port is put there by wiring, and runs the port's suite."""

import importlib
import inspect
import pkgutil
from pathlib import Path
from typing import Any

import pytest

import chalicelib
from chalicelib.ports import book, locks, orders, people, world

PORTS = [
    port
    for module in (book, locks, orders, people, world)
    for port in vars(module).values()
    if getattr(port, "_is_protocol", False) and port.__module__ == module.__name__
]
HOUSE = [module.name for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib.")]
SUITES = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
WIRING = Path(chalicelib.__path__[0], "wiring.py").read_text()


def members_of(one: Any) -> set[tuple[str, tuple[str, ...]]]:
    """The names of what it has, of a method with those of its parameters."""
    named = {name: getattr(one, name) for name in dir(one) if not name.startswith("_")}
    return {
        (name, tuple(inspect.signature(it).parameters) if inspect.isfunction(it) else ()) for name, it in named.items()
    }


def implementations_of(port: Any) -> list[type]:
    """The classes of the house that have all that the port asks for."""
    modules = [importlib.import_module(name) for name in HOUSE if not name.startswith("chalicelib.ports")]
    classes = {one for module in modules for one in vars(module).values() if inspect.isclass(one)}
    inside = [one for one in classes if one.__module__.startswith("chalicelib.") and one is not port]
    return [one for one in inside if not getattr(one, "_is_protocol", False) and members_of(port) <= members_of(one)]


@pytest.mark.parametrize("port", PORTS, ids=lambda port: port.__name__)
def test_whatever_can_stand_behind_a_port_is_wired_and_runs_its_suite(port: Any) -> None:
    names = {one.__name__ for one in implementations_of(port)}
    assert names, "nothing stands behind it"
    assert {name for name in names if name not in WIRING} == set()
    assert {name for name in names if name not in SUITES} == set()
