"""The part of the composition root that every other part needs: rules, the lock book's table, orders, secrets, metrics.

Environment variables, set by ``.chalice/resources.yaml``: STAGE, LOCK_BOOK_TABLE, SWEEP_QUEUE_URL, RELEASE_QUEUE_URL,
CLICK_QUEUE_URL, EVENT_QUEUE_URL and ACCOUNT_ID. RULES_FILE names a file of checked rules other than the one in the
rules layer. Lambda sets AWS_REGION. Each thing is built once per process, when it is first asked for.
"""

import os
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from aws_lambda_powertools import Logger

from chalicelib.aws import clients
from chalicelib.aws.book.target_book import DynamoTargetBook
from chalicelib.aws.metrics import EmfMetrics
from chalicelib.aws.one_a_thread import OneAThread
from chalicelib.aws.orders.sqs import Queue, SqsOrders
from chalicelib.aws.patience import prompt
from chalicelib.checked_rules import Config, in_layer, load
from chalicelib.core.audit.measure import FOUND_UNKNOWN
from chalicelib.core.locks.place import Place
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.jobs.runs import tasks
from chalicelib.jobs.targets.current_rules import CurrentRules
from chalicelib.ports.book import BookError

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

SIDE_BY_SIDE = sum(tasks.SIDE_BY_SIDE.values())  # threads of a run: one for each task that may run at once
PROMPT = prompt(SIDE_BY_SIDE)
SECRET_SECONDS = 300
_QUEUES = {
    Queue.SWEEPS: "SWEEP_QUEUE_URL",
    Queue.RELEASES: "RELEASE_QUEUE_URL",
    Queue.CLICKS: "CLICK_QUEUE_URL",
    Queue.EVENTS: "EVENT_QUEUE_URL",
}
_logger = Logger(child=True)


@cache
def config() -> Config:
    """Return the checked configuration. Raises CheckedRulesError."""
    named = os.environ.get("RULES_FILE")
    return load(Path(named) if named else in_layer())


def rules() -> Rules:
    """Return the rules, with every target named as seen from the stack's own account and region."""
    return current_rules().rules()


def rules_for(place: Place) -> Rules:
    """Return the rules, read anew if no known target has this place. Raises BookError."""
    return current_rules().rules_for(place)


@cache
def current_rules() -> CurrentRules:
    """Return what knows the rules of the process."""
    return CurrentRules(configured_rules, target_book, time.monotonic, found_unknown)


def configured_rules(found: tuple[Target, ...] = ()) -> Rules:
    """Return the rules with only the targets that the configuration names, and ``found``."""
    return config().rules.at_home(os.environ["ACCOUNT_ID"], os.environ["AWS_REGION"], found)


@cache
def target_book() -> DynamoTargetBook:
    """Return the reaper's memory of what the target rules found."""
    return DynamoTargetBook(table(), lambda: datetime.now(UTC))


@cache
def orders() -> SqsOrders:
    """Return the queues in which one function leaves orders for another."""
    return SqsOrders(clients.sqs(PROMPT), lambda queue: os.environ[_QUEUES[queue]])


def secret(variable: str, seconds: int) -> str:
    """Return the secret whose parameter a variable names, read from SSM at most so many seconds ago."""
    return clients.secrets(PROMPT).read(os.environ[variable], seconds)


@cache
def metrics() -> EmfMetrics:
    """Return the metrics, which are written when an invocation ends."""
    return EmfMetrics(os.environ["STAGE"])


@cache
def table() -> "Table":
    """Return the lock book's table."""
    return cast("Table", OneAThread(lambda: clients.table(PROMPT, os.environ["LOCK_BOOK_TABLE"])))


def found_unknown(error: BookError) -> None:
    """Log and count that it is not known what the target rules found."""
    _logger.error("what the target rules found is not known just now", why=str(error))
    metrics().add(FOUND_UNKNOWN)
