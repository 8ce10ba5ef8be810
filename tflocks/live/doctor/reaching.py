"""Find out of each bucket and table whether it is there, where, and whether it is the operator's to look at."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.doctor.finding import Finding, grey
from chalicelib.core.doctor.reach.checks import SUBJECT
from chalicelib.core.doctor.reach.judges import elsewhere, no_lock_table, not_there, there
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.ports.locks import StoreError
from tflocks.live.aws import AT_ONCE, Aws
from tflocks.live.problems import words_of

_ABSENT = {"404", "NoSuchBucket", "ResourceNotFoundException"}
_DENIED = {"403", "AccessDenied", "AccessDeniedException"}
_RIGHTS = {Kind.S3: "s3:ListBucket", Kind.DYNAMODB: "dynamodb:DescribeTable"}


class NoAccountError(Exception):
    """AWS does not say of which account the credentials are; the message says why."""


class Reached(msgspec.Struct, frozen=True):
    """A bucket or a table, and whether it can be looked at."""

    target: Target
    finding: Finding
    region: str = ""
    """"": nothing more can be looked at."""


def reached(aws: Aws, targets: Iterable[Target]) -> list[Reached]:
    """Return of each target what is known of it, side by side. Raises NoAccountError."""
    try:
        own = aws.account
    except StoreError as error:
        raise NoAccountError(str(error)) from error
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(partial(_reached, aws, own), targets))


def _reached(aws: Aws, own: str, target: Target) -> Reached:
    if target.account.id not in ("", own):
        return Reached(target, elsewhere(target, target.account, own))
    region = target.region or aws.region
    try:
        return _found(aws, target) if target.kind is Kind.S3 else _described(aws, target, region)
    except ClientError as error:
        return _refused(target, region, error)
    except BotoCoreError as error:
        return Reached(target, grey(SUBJECT.id, target.called, words_of(error, target.kind)))


def _found(aws: Aws, target: Target) -> Reached:
    answer: Any = aws.client("s3").head_bucket(Bucket=target.container)
    region = _region_in(answer) or aws.region
    aws.know_region(target.container, region)
    return Reached(target, there(target.called, region), region)


def _described(aws: Aws, target: Target, region: str) -> Reached:
    table = aws.client("dynamodb", region).describe_table(TableName=target.container)["Table"]
    wrong = no_lock_table(target, table["KeySchema"])
    return Reached(target, wrong or there(target.called, region), "" if wrong else region)


def _refused(target: Target, here: str, error: ClientError) -> Reached:
    """Return what a refusal means. Who may not list a bucket may still look at its settings."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in _ABSENT:
        return Reached(target, not_there(target, f" in {here}" if target.kind is Kind.DYNAMODB else ""))
    if code in _DENIED:
        denied = grey(SUBJECT.id, target.called, words_of(error, target.kind), _RIGHTS[target.kind])
        return Reached(target, denied, _region_in(error.response) or here)
    return Reached(target, grey(SUBJECT.id, target.called, words_of(error, target.kind)))


def _region_in(answer: Any) -> str:
    """Return the region of a bucket, which S3 tells even those whom it denies the bucket; "": S3 does not tell."""
    return str(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("x-amz-bucket-region", ""))
