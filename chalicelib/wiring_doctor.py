"""The part of the composition root that only the weekly look needs: which looks are taken at what.

Environment variables, set by ``.chalice/resources.yaml``, beside those of ``wiring``: STACK_NAME.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from chalicelib.aws.book.nightly.doctor_book import DynamoDoctorBook
from chalicelib.aws.doctor.parts import parts_of
from chalicelib.aws.doctor.reach import Reach
from chalicelib.aws.doctor.reaper.looks import account_looks, reaper_looks
from chalicelib.aws.doctor.subjects import Joined
from chalicelib.aws.doctor.wiring.reading import reaper_wiring
from chalicelib.aws.patience import EXAMINING
from chalicelib.checked_rules import Config
from chalicelib.core.doctor.finding import Finding, green
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reach.checks import STACK
from chalicelib.core.doctor.reaper.secrets import SECRETS
from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.target import Target
from chalicelib.jobs.doctor.weekly import WeeklyLook, examine_weekly
from chalicelib.ports.doctor import Examination, Look, NotAllowedError, NotKnownError
from chalicelib.ports.locks import StoreError, StoreRefusedError
from chalicelib.slack.doctor.looks import slack_looks
from chalicelib.wiring import accounts, bot_token, config, installation, journal, rules, run, table, world

_FOR_TELLING = 60_000.0
"""Milliseconds that are left for the journal and for telling people."""
_ONLY_BY_HAND = frozenset({SECRETS})
"""The checks that the command alone makes: this function may not read the signing secret."""


def examine(now: datetime, milliseconds: float) -> None:
    """Take the weekly look, in an invocation that has this much time left."""
    look = WeeklyLook(
        examinations=lambda: list(_SetUp(now).examinations()),
        book=DynamoDoctorBook(table()),
        journal=journal(),
        messenger=world().messenger,
        channel=rules().trouble_channel,
    )
    examine_weekly(look, now, run(milliseconds - _FOR_TELLING))


@dataclass
class _SetUp:
    """The reaper and its targets, as they are to be looked at now."""

    now: datetime

    def examinations(self) -> Iterator[Examination]:
        """Yield all subjects: the reaper, the accounts that it enters, its targets."""
        if not config().rules.weekly_look:
            return
        yield Examination(f"reaper {_stack()}", dict(self._of_reaper()))
        every = [rules().locations.named(target.account) for target in rules().targets]
        if self._parts:
            yield from account_looks(every, self._parts, self._home)
        for target, account in zip(rules().targets, every, strict=True):
            where = f" in {account.called}" if target.account.role else ""
            yield Examination(target.called + where, _located(self._of_target(target), where))

    def _of_reaper(self) -> Iterator[tuple[str, Look]]:
        looks = {STACK.id: self._read, **slack_looks(bot_token, installation(), rules())}
        if self._parts:
            looks |= reaper_wiring(self._home, self._parts)
            looks |= reaper_looks(self._parts, self._home, _deployed(), None, self.now)
        return ((check, look) for check, look in looks.items() if check not in _ONLY_BY_HAND)

    def _of_target(self, target: Target) -> dict[str, Look]:
        return Joined(self.now, self._parts, self._home).looks_at(target, _reach(target.account, target.region))

    @cached_property
    def _home(self) -> Reach:
        return _reach(HOME, None)

    @cached_property
    def _parts(self) -> Parts | None:
        """Return the parts of this reaper; None: its stack cannot be read, so what needs them is not looked at."""
        try:
            return parts_of(_stack(), self._home)
        except Exception:  # noqa: BLE001  ``_read`` fails in the same way, and its finding says how
            return None

    def _read(self) -> Iterator[Finding]:
        """Say that the stack can be read, or why not."""
        if not self._parts:
            parts_of(_stack(), self._home)
        yield green(STACK.id, f"reaper {_stack()}", "can be read")


def _located(looks: Mapping[str, Look], where: str) -> Mapping[str, Look]:
    """Return the looks with findings that name the account, because tables of several accounts may have one name."""
    return {check: _in_words(look, where) for check, look in looks.items()} if where else looks


def _in_words(look: Look, where: str) -> Look:
    def located() -> Iterator[Finding]:
        for finding in look():
            yield msgspec.structs.replace(finding, subject=finding.subject + where)

    return located


def _reach(account: Account, region: str | None) -> Reach:
    home = region or os.environ["AWS_REGION"]
    return Reach(_clients(account, home), account.id or os.environ["ACCOUNT_ID"], home, accounts().partition)


def _clients(account: Account, home: str) -> Callable[[str, str], Any]:
    def client(service: str, region: str) -> Any:
        try:
            return accounts().examining(account, service, region or home, EXAMINING)
        except StoreRefusedError as error:
            raise NotAllowedError("sts:AssumeRole", str(error)) from error
        except StoreError as error:
            raise NotKnownError(str(error)) from error

    return client


def _deployed() -> Config:
    """Return the configuration, with the targets that the target rules found."""
    return msgspec.structs.replace(config(), rules=rules())


def _stack() -> str:
    return os.environ["STACK_NAME"]
