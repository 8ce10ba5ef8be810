"""Find out what there is to look at, and look at all of it, side by side."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.locks.target import Target
from chalicelib.core.visible import visible
from tflocks.commands.doctor.question import NothingToLookAtError, Question
from tflocks.live.aws import Aws
from tflocks.live.containers import find_containers
from tflocks.live.doctor.looks import Doctor
from tflocks.live.doctor.reaching import NoAccountError, reached
from tflocks.live.doctor.setup import Setup, setup_of
from tflocks.live.reaper import NoReaperError, as_ruled, find_reaper
from tflocks.output.doctor.report import Report

_NAME_SOME = "name buckets, or --table, or look at --all"
_WITHOUT = "so what takes one (notifications, the reaper's own rights) is not looked at"


class Credentials(msgspec.Struct, frozen=True):
    """Whose rights are used."""

    buckets: Aws
    reaper: Aws


def look(asked: Question, own: Credentials, now: datetime, told: Callable[[int, int], None]) -> Report:
    """Return all findings of what is asked.

    Raises:
        NothingToLookAtError: there is no reaper where one is asked for, or AWS does not take the credentials.
    """
    try:
        return _look(asked, own, now, told)
    except NoAccountError as error:
        raise NothingToLookAtError(visible(str(error))) from error


def _look(asked: Question, own: Credentials, now: datetime, told: Callable[[int, int], None]) -> Report:
    setup, notes = _setup(asked, own.reaper)
    targets, more = _targets(asked, own.buckets, setup)
    known = reached(own.buckets, targets)
    doctor = Doctor(own.buckets, own.reaper, setup, asked.config, now)
    found = doctor.look_at(known, asked.wants, told, itself=asked.of_reaper)
    before = [*setup.findings, *(one.finding for one in known)]
    return Report(
        findings=(*(one for one in before if _told(one, asked)), *found),
        notes=(*notes, *more),
        account=own.buckets.account,
        stack=asked.stack if setup.parts else "",
    )


def _told(one: Finding, asked: Question) -> bool:
    """Return whether a finding is shown. What hinders a look always is: else the report would seem whole."""
    return asked.wants(one.check) or one.colour is not Colour.GREEN


def _setup(asked: Question, aws: Aws) -> tuple[Setup, list[str]]:
    """Return the deployed reaper. Only who names no bucket and no table needs one."""
    try:
        return setup_of(find_reaper(aws, asked.stack), aws), []
    except NoReaperError as error:
        if asked.of_reaper:
            raise NothingToLookAtError(visible(f"{error}. To look without a reaper: {_NAME_SOME}")) from error
        return Setup(), [f"{error}; {_WITHOUT}"]


def _targets(asked: Question, aws: Aws, setup: Setup) -> tuple[list[Target], list[str]]:
    """Return which buckets and tables are meant, as the reaper knows them, and what could not be found."""
    if asked.of_reaper:
        return list(setup.targets), []
    found = find_containers(aws) if asked.everything else None
    containers = found.targets if found else asked.targets
    targets = {target.home: target for target in setup.targets}
    known = [as_ruled(one, setup.rules, aws.region, named=not asked.everything) for one in containers]
    return [_as_known(one, targets) for one in known], [*found.problems, *found.notes] if found else []


def _as_known(one: Target, targets: dict[str, Target]) -> Target:
    """Return a target with what the reaper knows of it; the prefixes are those that were named, if any were."""
    known = targets.get(one.home)
    if known is None:
        return one
    return msgspec.structs.replace(known, prefixes=one.prefixes or known.prefixes)
