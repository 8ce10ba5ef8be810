"""The composition root: the only place that reads the environment, builds clients and puts real things behind ports.

Environment variables, set by ``.chalice/resources.yaml``: LOCK_BOOK_TABLE, SWEEP_QUEUE_URL, RELEASE_QUEUE_URL,
SLACK_BOT_TOKEN_PARAMETER and SLACK_SIGNING_SECRET_PARAMETER (names of SSM parameters, never their values).
REAPER_TOML names a configuration other than the package's own, to run a function outside of Lambda.
Everything is built when first asked for, once a process, so that a function builds only what it uses.
"""

import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from aws_lambda_powertools.utilities.parameters import GetParameterError, SSMProvider
from botocore.config import Config as ClientConfig

from chalicelib.aws.journal import LogJournal
from chalicelib.aws.lock_book import DynamoLockBook
from chalicelib.aws.queues import SqsQueue
from chalicelib.aws.s3_locks import S3LockStore
from chalicelib.config import Config, load
from chalicelib.ports import MessengerError, World
from chalicelib.slack.messenger import SlackMessenger

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_PACKAGED_CONFIG = Path(__file__).parent.parent / "reaper.toml"
_SECRET_SECONDS = 300
# A listing full of delete markers can take two minutes to answer (xuanwo.io, 2025-02).
_READING = ClientConfig(connect_timeout=5, read_timeout=120, retries={"mode": "standard", "total_max_attempts": 4})
DELETING = ClientConfig(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1})
"""Sent once: see S3LockStore."""


@cache
def config() -> Config:
    """The configuration: the one in the package, unless REAPER_TOML names another file. Raises ConfigError."""
    return load(Path(os.environ.get("REAPER_TOML", _PACKAGED_CONFIG)))


@cache
def world() -> World:
    """The neighbours of the jobs about locks."""
    table = boto3.resource("dynamodb").Table(os.environ["LOCK_BOOK_TABLE"])
    return World(
        store=S3LockStore(reader=_s3_reader, deleter=_s3_deleter),
        book=DynamoLockBook(table),
        messenger=SlackMessenger(_bot_token, config().slack_api),
        journal=LogJournal(sys.stdout),
    )


@cache
def sweep_queue() -> SqsQueue:
    """Where ``nightly_sweep`` leaves its orders."""
    return SqsQueue(boto3.client("sqs"), os.environ["SWEEP_QUEUE_URL"])


@cache
def release_queue() -> SqsQueue:
    """Where clicks wait for ``release_lock``."""
    return SqsQueue(boto3.client("sqs"), os.environ["RELEASE_QUEUE_URL"])


def signing_secret(fresh: bool) -> str:  # noqa: FBT001  the type is slack.requests.SigningSecret
    """Slack's signing secret, remembered for five minutes unless a fresh one is asked for."""
    return _secret("SLACK_SIGNING_SECRET_PARAMETER", fresh=fresh)


def _bot_token() -> str:
    """Slack's bot token. Without it nobody can be told anything, which is the messenger's kind of failure."""
    try:
        return _secret("SLACK_BOT_TOKEN_PARAMETER", fresh=False)
    except GetParameterError as error:
        raise MessengerError(f"the bot token could not be read from SSM: {error}") from error


def _secret(variable: str, *, fresh: bool) -> str:
    secret = _parameters().get(os.environ[variable], max_age=_SECRET_SECONDS, force_fetch=fresh, decrypt=True)
    return str(secret).strip()


@cache
def _parameters() -> SSMProvider:
    return SSMProvider()


def _s3_reader(bucket: str) -> "S3Client":
    return _s3(_region(bucket), deletes=False)


def _s3_deleter(bucket: str) -> "S3Client":
    return _s3(_region(bucket), deletes=True)


@cache
def _s3(region: str | None, *, deletes: bool) -> "S3Client":
    return boto3.client("s3", region_name=region, config=DELETING if deletes else _READING)


def _region(bucket: str) -> str | None:
    return next((target.region for target in config().targets if target.bucket == bucket), None)
