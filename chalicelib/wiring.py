"""The composition root: the only module that reads the environment, builds clients and puts real things behind ports.

Environment variables, set by ``.chalice/resources.yaml``: STAGE, LOCK_BOOK_TABLE, SWEEP_QUEUE_URL, RELEASE_QUEUE_URL,
CLICK_QUEUE_URL, EVENT_QUEUE_URL, ACCOUNT_ID, SETTLE_SECONDS, RELEASE_ROLE_ID, ANSWER_ROLE_ID,
SLACK_BOT_TOKEN_PARAMETER and SLACK_SIGNING_SECRET_PARAMETER (names of SSM parameters, never their values). RULES_FILE
names a file of checked rules other than the one in the rules layer. Lambda sets AWS_REGION. Each thing is built once
per process, when it is first asked for.
"""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec

from chalicelib.aws import clients
from chalicelib.aws.accounts.errand import Errand
from chalicelib.aws.accounts.sessions import Accounts, Stack
from chalicelib.aws.book.channel_book import DynamoChannelBook
from chalicelib.aws.book.digest_book import DynamoDigestBook
from chalicelib.aws.book.event_book import DynamoEventBook
from chalicelib.aws.book.joint.joint_book import DynamoJointBook
from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.aws.book.nightly.night_book import DynamoNightBook
from chalicelib.aws.book.rules_book import store
from chalicelib.aws.discovery.finder import AwsTargetFinder, Home
from chalicelib.aws.journal import LogJournal
from chalicelib.aws.locks.dynamodb import DynamoLockStore
from chalicelib.aws.locks.places import Places
from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.aws.locks.s3_versions import S3DebrisCounter
from chalicelib.aws.patience import COUNTING, ENTERING, LISTING, SEARCHING, WRITING
from chalicelib.checked_rules import encode
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.measure import SLACK_FAILURE
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.target import Target
from chalicelib.jobs.event_case import EventCase, Recording
from chalicelib.jobs.runs.run import Run, Threads, run_of
from chalicelib.jobs.targets.discover import Searching
from chalicelib.ports.locks import LockStore
from chalicelib.ports.people import MessengerError
from chalicelib.ports.world import World
from chalicelib.slack.directory import SlackDirectory
from chalicelib.slack.messenger import SlackMessenger
from chalicelib.wiring_rules import (
    PROMPT,
    SECRET_SECONDS,
    SIDE_BY_SIDE,
    config,
    configured_rules,
    current_rules,
    metrics,
    orders,
    rules,
    rules_for,
    secret,
    table,
    target_book,
)
from chalicelib.wiring_slack import group_book, installation, lock_list, signing_secret

__all__ = [
    "config",
    "configured_rules",
    "current_rules",
    "group_book",
    "installation",
    "lock_list",
    "metrics",
    "orders",
    "rules",
    "rules_for",
    "signing_secret",
    "table",
    "target_book",
]

_FOR_THE_ORDERS = 300.0
"""Seconds that the search for targets leaves for ordering the sweeps and for telling people."""


@cache
def world() -> World:
    """Return the neighbours of the jobs about locks."""
    return World(
        store=Places(_stores(), lambda place: rules().covers(place)),
        debris=S3DebrisCounter(lambda target: accounts().looking_at(target, target.kind, COUNTING)),
        book=lock_book(),
        events=DynamoEventBook(table()),
        channels=DynamoChannelBook(table()),
        digests=DynamoDigestBook(table()),
        joints=DynamoJointBook(table()),
        groups=group_book(),
        nights=night_book(),
        messenger=SlackMessenger(bot_token, config().slack_api, config().slack_app, failed=_slack_failed),
        directory=SlackDirectory(bot_token, config().slack_api, team=config().rules.team, failed=_slack_failed),
        journal=journal(),
        orders=orders(),
        clock=lambda: datetime.now(UTC),
    )


def _stores() -> dict[Kind, LockStore]:
    """Return the store of each kind of place: the one list of them."""
    stores: dict[Kind, LockStore] = {
        Kind.S3: S3LockStore(_lister, _reader, _writer),
        Kind.DYNAMODB: DynamoLockStore(_lister, _reader, _writer),
    }
    return stores


def _lister(target: Target) -> Any:
    return accounts().looking_at(target, target.kind, PROMPT if target.is_small else LISTING)


def _reader(place: Place) -> Any:
    return accounts().looking_at(rules().target_of(place), place.kind, PROMPT)


def _writer(ref: LockRef, errand: Errand) -> Any:
    return accounts().writing(ref, errand, rules().target_of(ref.place), WRITING)


@cache
def accounts() -> Accounts:
    """Return the clients for buckets and tables in the stack's own account and in others."""
    stack = Stack(os.environ["AWS_REGION"], f"tflock-reaper-{os.environ['STAGE']}")
    return Accounts(stack, clients.client, ENTERING, clock=lambda: datetime.now(UTC))


def searching(milliseconds: float) -> Searching:
    """Return the neighbours of the search for targets, of an invocation that has this much time left."""
    ends = time.monotonic() + milliseconds / 1000 - _FOR_THE_ORDERS
    return Searching(
        finder=AwsTargetFinder(_searcher, Home(os.environ["ACCOUNT_ID"], os.environ["AWS_REGION"])),
        book=target_book(),
        journal=journal(),
        messenger=world().messenger,
        has_time=lambda: time.monotonic() < ends,
        learn=current_rules().learn,
    )


def _searcher(account: Account, service: str, region: str | None) -> Any:
    return accounts().looking(account, service, region, SEARCHING)


def milliseconds(context: Any) -> float:
    """Return how much time Lambda leaves an invocation."""
    return float(context.get_remaining_time_in_millis())


def run(milliseconds: float) -> Run:
    """Return the run of an invocation that has this much time left."""
    return run_of(_threads(), milliseconds / 1000)


@cache
def _threads() -> Threads:
    return Threads(SIDE_BY_SIDE)


@cache
def journal() -> LogJournal:
    """Return the audit trail."""
    return LogJournal(sys.stdout, metrics())


def event_case(event: LockEvent, now: datetime) -> EventCase:
    """Return the case of an event."""
    recording = Recording(
        settled_after=timedelta(seconds=int(os.environ["SETTLE_SECONDS"])),
        release_role=os.environ["RELEASE_ROLE_ID"],
        restore_role=os.environ["ANSWER_ROLE_ID"],
    )
    return EventCase(event, world(), rules_for(event.place), recording, now)


@cache
def lock_book() -> DynamoLockBook:
    """Return the reaper's memory of locks and their alerts."""
    return DynamoLockBook(table())


@cache
def night_book() -> DynamoNightBook:
    """Return the reaper's memory of its nights."""
    return DynamoNightBook(table())


@cache
def store_rules() -> None:
    """Store the rules for ``tflocks``, once a process."""
    store(table(), encode(msgspec.structs.replace(config(), rules=configured_rules())))


def bot_token() -> str:
    """Return Slack's bot token. Without it nobody can be told anything, so its failure is a MessengerError."""
    try:
        return secret("SLACK_BOT_TOKEN_PARAMETER", SECRET_SECONDS)
    except Exception as error:
        raise MessengerError(f"the bot token could not be read from SSM: {error}") from error


def _slack_failed() -> None:
    metrics().add(SLACK_FAILURE)
