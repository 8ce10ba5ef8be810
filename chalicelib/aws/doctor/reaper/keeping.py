"""Look at the journal's log group, the lock book's table and the clock."""

from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.keeping import (
    BOOK,
    CLOCK,
    JOURNAL,
    Book,
    LogGroup,
    judge_book,
    judge_clock,
    judge_journal,
)
from chalicelib.ports.doctor import Look, NotAllowedError, NotKnownError

_GONE: dict[str, Any] = {"ResourceNotFoundException": None}


def keeping_looks(subject: str, parts: Parts, reach: Reach, clock: Callable[[], datetime]) -> dict[str, Look]:
    """Return the looks at what keeps what the reaper knows, and at the clock that all ages are by."""
    return {
        JOURNAL: lambda: [judge_journal(subject, _log_group(parts.outputs["LogGroupName"], reach), parts)],
        BOOK: lambda: [judge_book(subject, _book(parts.outputs["LockBookTable"], reach), parts)],
        CLOCK: lambda: [_clock(subject, reach, clock)],
    }


def _log_group(name: str, reach: Reach) -> LogGroup:
    logs = reach.client("logs", "")
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    found = asked("CloudWatch Logs", "logs:DescribeLogGroups", lambda: [o for page in pages for o in page["logGroups"]])
    ours = next((one for one in found if one["logGroupName"] == name), None)
    if ours is None:
        return LogGroup(there=False)
    key = str(ours.get("kmsKeyId") or "")
    return LogGroup(days=ours.get("retentionInDays"), key=key, key_state=_key_state(key, reach) if key else "")


def _key_state(key: str, reach: Reach) -> str:
    """Return the state of a key; "": its policy does not let the operator ask, which is no fault of the log group."""
    kms = reach.client("kms", "")
    try:
        told = asked("KMS", "kms:DescribeKey", lambda: kms.describe_key(KeyId=key)["KeyMetadata"])
    except (NotAllowedError, NotKnownError):
        return ""
    return str(told.get("KeyState") or "")


def _book(table: str, reach: Reach) -> Book:
    dynamodb = reach.client("dynamodb", "")
    told = asked("DynamoDB", "dynamodb:DescribeTable", lambda: dynamodb.describe_table(TableName=table)["Table"], _GONE)
    if told is None:
        return Book(there=False)
    held = (one for one in told.get("GlobalSecondaryIndexes", []) if one["IndexName"] == "held")
    ttl = asked(
        "DynamoDB",
        "dynamodb:DescribeTimeToLive",
        lambda: dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"],
    )
    is_on = ttl.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}
    return Book(
        status=str(told.get("TableStatus")),
        index=next((str(one.get("IndexStatus") or "ACTIVE") for one in held), ""),
        forgets_by=str(ttl.get("AttributeName") or "") if is_on else "",
    )


def _clock(subject: str, reach: Reach, clock: Callable[[], datetime]) -> Finding:
    """Compare the clock here with the time that AWS writes on its answer."""
    sts = reach.client("sts", "")
    told = asked("STS", "sts:GetCallerIdentity", sts.get_caller_identity)
    here = clock()
    written = told.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        there = parsedate_to_datetime(written)
    except (TypeError, ValueError):
        raise NotKnownError("AWS wrote no time on its answer") from None
    return judge_clock(subject, here - there)
