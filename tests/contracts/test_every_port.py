"""Every port has one suite here; whatever can stand behind the port runs it, and is put there by wiring."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import pytest

import chalicelib
from chalicelib import ports
from chalicelib.ports.book import ChannelBook, DigestBook, EventBook, GroupBook, JointBook, LockBook, LockList
from chalicelib.ports.debris import DebrisCounter
from chalicelib.ports.doctor import DoctorBook
from chalicelib.ports.locks import LockStore
from chalicelib.ports.nights import NightBook
from chalicelib.ports.orders import Orders
from chalicelib.ports.people import Directory, Messenger
from chalicelib.ports.targets import TargetBook, TargetFinder
from chalicelib.ports.world import Journal
from tests import fakes

HERE = Path(__file__).parent
SUITES: dict[type, tuple[str, ...]] = {
    ChannelBook: ("test_channel_book.py",),
    DebrisCounter: ("test_debris_counter.py",),
    DigestBook: ("test_digest_book.py",),
    Directory: ("test_directory.py",),
    DoctorBook: ("test_doctor_book.py",),
    EventBook: ("test_event_book.py",),
    GroupBook: ("test_group_book.py",),
    JointBook: ("test_joint_book.py",),
    Journal: ("test_journal.py",),
    LockBook: ("conftest.py", *(f"lock_book/{path.name}" for path in (HERE / "lock_book").glob("test_*.py"))),
    LockList: ("test_lock_list.py",),
    LockStore: ("test_lock_store.py", "test_lock_tables.py", "lock_homes.py"),
    Messenger: ("test_messenger.py", "../slack/speaking.py"),
    NightBook: ("test_night_book.py",),
    Orders: ("test_orders.py",),
    TargetBook: ("test_target_book.py",),
    TargetFinder: ("test_target_finder.py",),
}
"""The modules of each port's suite, with what builds the implementations for it."""


def classes_in(*packages: Any) -> Iterator[type]:
    for package in packages:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = import_module(found.name)
            yield from (one for _, one in inspect.getmembers(module, inspect.isclass) if one.__module__ == found.name)


def is_port(one: type) -> bool:
    return Protocol in one.__bases__


def asked(one: type, name: str) -> list[object] | None:
    """Return the types of a method's parameters; None: it has no such method."""
    method = inspect.getattr_static(one, name, None)
    if not inspect.isfunction(method):
        return None
    return [parameter.annotation for parameter in inspect.signature(method).parameters.values()]


def stands_behind(one: type, port: type) -> bool:
    """Return whether a class has each method of a port, with parameters of the same types."""
    methods = [name for name, _ in inspect.getmembers(port, inspect.isfunction) if not name.startswith("_")]
    return all(asked(one, name) == asked(port, name) for name in methods)


OURS = [one for one in classes_in(chalicelib) if not is_port(one)]
FAKES = [*classes_in(fakes)]
WIRING = "".join(
    Path(chalicelib.__path__[0], name).read_text()
    for name in ("wiring.py", "wiring_slack.py", "wiring_rules.py", "wiring_doctor.py")
)


def test_every_port_has_a_suite() -> None:
    assert {one for one in classes_in(ports) if is_port(one)} == SUITES.keys()


@pytest.mark.parametrize("port", SUITES, ids=lambda port: port.__name__)
def test_everything_that_can_stand_behind_a_port_runs_its_suite_and_is_wired(port: type) -> None:
    suite = "".join((HERE / name).read_text() for name in SUITES[port])
    ours, in_memory = ({one.__name__ for one in some if stands_behind(one, port)} for some in (OURS, FAKES))
    assert ours
    assert in_memory
    assert {name for name in ours | in_memory if f"{name}(" not in suite} == set()
    assert {name for name in ours if name not in WIRING} == set()


def test_no_module_here_is_outside_of_the_suites() -> None:
    suites = {name for names in SUITES.values() for name in names}
    there = {path.relative_to(HERE).as_posix() for path in HERE.rglob("*.py") if path.name != "__init__.py"}
    assert there - suites == {Path(__file__).name}
