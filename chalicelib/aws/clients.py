"""Make boto3's clients, one at a time, and each once.

Threads may share boto3's clients, but not its sessions, which make the clients (boto3's guide, Multithreading).
"""

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

import boto3
from aws_lambda_powertools.utilities.parameters import SSMProvider
from botocore.config import Config

from chalicelib.aws.secrets import Secrets

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.service_resource import Table
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

_one_at_a_time = Lock()


def s3(config: Config, region: str | None) -> "S3Client":
    """Return a client for the buckets of a region; None: the region of the function."""
    with _one_at_a_time:
        return _s3(config, region)


def dynamodb(config: Config, region: str | None) -> "DynamoDBClient":
    """Return a client for the tables of a region; None: the region of the function."""
    with _one_at_a_time:
        return _dynamodb(config, region)


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
def _s3(config: Config, region: str | None) -> "S3Client":
    return boto3.client("s3", region_name=region, config=config)


@cache
def _dynamodb(config: Config, region: str | None) -> "DynamoDBClient":
    return boto3.client("dynamodb", region_name=region, config=config)


@cache
def new_secrets(config: Config) -> Secrets:
    """Return the secrets of a process; ``secrets`` is for threads."""
    return Secrets(SSMProvider(boto_config=config))
