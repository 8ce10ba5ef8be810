"""The part of the composition root that only the weekly look needs: which looks are taken at what.

Environment variables, set by ``.chalice/resources.yaml``, beside those of ``wiring``: STACK_NAME.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from chalicelib.aws.book.nightly.doctor_book import DynamoDoctorBook
from chalicelib.aws.doctor.parts import parts_of
from chalicelib.aws.doctor.reach import Reach
from chalicelib.aws.patience import EXAMINING
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.jobs.doctor.weekly import WeeklyLook, examine_weekly
from chalicelib.ports.doctor import Examination, Look, NotAllowedError, NotKnownError
from chalicelib.ports.locks import StoreError, StoreRefusedError
from chalicelib.slack.doctor.looks import slack_looks
from chalicelib.wiring import accounts, bot_token, config, installation, journal, rules, run, table, world

_FOR_TELLING = 60_000.0
"""Milliseconds that are left for the journal and for telling people."""


def examine(now: datetime, milliseconds: float) -> None:
    """Take the weekly look, in an invocation that has this much time left."""
    look = WeeklyLook(
        examinations=lambda: list(_examinations()),
        book=DynamoDoctorBook(table()),
        journal=journal(),
        messenger=world().messenger,
        channel=rules().trouble_channel,
    )
    examine_weekly(look, now, run(milliseconds - _FOR_TELLING))


def _examinations() -> Iterator[Examination]:
    """Yield all subjects: the reaper, then its targets, in other accounts with the account's name."""
    if not config().rules.weekly_look:
        return
    yield Examination(f"reaper {_stack()}", _reaper_looks())
    for target in rules().targets:
        account = rules().locations.named(target.account)
        where = f" in {account.called}" if target.account.role else ""
        yield Examination(target.called + where, _in_words(_target_looks(target), where))


def _reaper_looks() -> dict[str, Look]:
    return slack_looks(bot_token, installation(), rules())


def _target_looks(target: Target) -> dict[str, Look]:
    looks = {Kind.S3: _bucket_looks, Kind.DYNAMODB: _table_looks}[target.kind]
    return looks(target, _reach(target))


def _bucket_looks(_target: Target, _reach: Reach) -> dict[str, Look]:
    return {}


def _table_looks(_target: Target, _reach: Reach) -> dict[str, Look]:
    return {}


def _in_words(looks: Mapping[str, Look], where: str) -> Mapping[str, Look]:
    """Return the looks with findings that name the account, because tables of several accounts may have one name."""
    return {check: _located(look, where) for check, look in looks.items()} if where else looks


def _located(look: Look, where: str) -> Look:
    def located() -> Iterator[Finding]:
        for finding in look():
            yield msgspec.structs.replace(finding, subject=finding.subject + where)

    return located


def _reach(target: Target) -> Reach:
    account = target.account if target.account.role else HOME
    region = target.region or os.environ["AWS_REGION"]
    owner = account.id or os.environ["ACCOUNT_ID"]
    return Reach(_clients(account, region), owner, region, accounts().partition)


def _clients(account: Account, home: str) -> Callable[[str, str], Any]:
    def client(service: str, region: str) -> Any:
        try:
            return accounts().examining(account, service, region or home, EXAMINING)
        except StoreRefusedError as error:
            raise NotAllowedError("sts:AssumeRole", str(error)) from error
        except StoreError as error:
            raise NotKnownError(str(error)) from error

    return client


@cache
def _parts() -> Parts | None:
    """Return the parts of this reaper; None: its stack cannot be read, so what needs them is not looked at."""
    try:
        return parts_of(_stack(), _reach_of_home())
    except (NotAllowedError, NotKnownError):
        return None


def _reach_of_home() -> Reach:
    region = os.environ["AWS_REGION"]
    return Reach(_clients(HOME, region), os.environ["ACCOUNT_ID"], region, accounts().partition)


def _stack() -> str:
    return os.environ["STACK_NAME"]
