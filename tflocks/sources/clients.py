"""Make AWS clients with the operator's own session."""

import os
from typing import TYPE_CHECKING

import boto3
import click
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)

from chalicelib.core.visible import visible

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client

# A listing full of delete markers can take two minutes to answer (xuanwo.io, 2025-02).
_PATIENT = Config(
    connect_timeout=5,
    read_timeout=120,
    retries={"mode": "standard", "total_max_attempts": 5},
    user_agent_extra="tflocks",
    max_pool_connections=16,
)
_ADVICE: dict[type[Exception], str] = {
    ProfileNotFound: " (see `aws configure list-profiles`)",
    NoRegionError: " (give --region, or set AWS_REGION)",
    InvalidRegionError: " (give another --region, or set AWS_REGION)",
    NoCredentialsError: " (sign in first: `aws sso login`, `aws configure`, or name a --profile)",
}


class Clients:
    """Clients of one session.

    Raises:
        click.ClickException: no such profile, no region, no credentials.
    """

    def __init__(self, profile: str | None, region: str | None) -> None:
        session = session_of(profile, region)
        self.logs: CloudWatchLogsClient = session.client("logs", config=_PATIENT)
        self.s3: S3Client = session.client("s3", config=_PATIENT)


def session_of(profile: str | None, region: str | None) -> boto3.Session:
    """Return a session that has credentials and a region.

    Like the AWS CLI it reads ``AWS_REGION``, which boto3 alone does not.

    Raises:
        click.ClickException: no such profile, no region, no credentials.
    """
    try:
        session = boto3.Session(profile_name=profile, region_name=region or os.environ.get("AWS_REGION") or None)
        if session.get_credentials() is None:
            raise NoCredentialsError
        session.client("s3", config=_PATIENT).close()  # checks the region's name
        if session.region_name is None:
            raise NoRegionError
    except (BotoCoreError, ValueError) as error:
        raise click.ClickException(visible(f"{error}{_ADVICE.get(type(error), '')}")) from error
    return session
