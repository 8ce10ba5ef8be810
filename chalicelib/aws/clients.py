"""Make boto3's clients, one at a time, all of the process's one session.

Threads may share boto3's clients, but not its sessions, which make the clients (boto3's guide, Multithreading). A
client with other credentials takes milliseconds, a session of its own a hundred of them and 11 MB.
"""

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
from botocore.config import Config

from chalicelib.aws.secrets import Secrets

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table
    from types_boto3_sqs import SQSClient

_one_at_a_time = Lock()


class Credentials(NamedTuple):
    """The credentials of a session in another account."""

    access_key_id: str | None = None
    secret_access_key: str | None = None
    session_token: str | None = None


OWN = Credentials()
"""The function's own."""


def client(service: str, region: str, config: Config, credentials: Credentials) -> Any:
    """Return a new client of a service."""
    with _one_at_a_time:
        return boto3.client(  # type: ignore[call-overload]
            service,
            region_name=region,
            config=config,
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token,
        )


def table(config: Config, name: str) -> "Table":
    """Return a new resource for one table."""
    with _one_at_a_time:
        return boto3.resource("dynamodb", config=config).Table(name)


def sqs(config: Config) -> "SQSClient":
    """Return a new client for queues."""
    with _one_at_a_time:
        return boto3.client("sqs", config=config)


def secrets(config: Config) -> Secrets:
    """Return the secrets, which are the same for all threads."""
    with _one_at_a_time:
        return new_secrets(config)


@cache
def new_secrets(config: Config) -> Secrets:
    """Return the secrets of a process; ``secrets`` is for threads."""
    return Secrets(boto3.client("ssm", config=config))
