"""What the reaper assumes of AWS that the canary can prove: ``docs/decisions.md`` builds on it."""

from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """What a canary says of an assumption."""

    PROVEN = "proven"
    CONTRADICTED = "contradicted"
    NOT_LOOKED_AT = "not looked at"


class Assumption(StrEnum):
    """Each assumption, as a sentence."""

    DELETE_REFUSED = "S3 refuses a delete whose If-Match names another ETag (412)"
    PUT_REFUSED = "S3 refuses a put with If-None-Match over a lock (412)"
    ABSENT = "S3 answers 404 to a conditional delete where nothing is"
    OVER_A_MARKER = "S3 takes a put with If-None-Match where a delete marker is"
    KEYS = "S3 form-encodes the keys in its notifications: one with blanks, +, % and é is told as it is"
    KEYS_BRIDGED = "EventBridge does not encode keys: one with blanks, +, % and é is told as it is"
    FILTERS = "S3 gives the values of a notification's filter back as they were written"
    MARKERS = "S3 tells of a delete that leaves a delete marker, as a release"
    UNVERSIONED = "S3 lets release_lock delete in a bucket without versioning, though it may delete no version"
    IDENTITY = "S3 tells which role released a lock"
    ITEM_DELETE_REFUSED = "DynamoDB refuses a delete on the condition of another Info"
    ITEM_PUT_REFUSED = "DynamoDB refuses a put on the condition that nothing is there"
    STREAM = "the stream of a table tells of an acquire"
    EDITED = "Slack lets the app edit its message afterwards"


class Judged(msgspec.Struct, frozen=True):
    """What a canary says of one assumption."""

    assumption: Assumption
    verdict: Verdict = Verdict.NOT_LOOKED_AT
    seen: str = ""


def verdict(*, holds: bool) -> Verdict:
    """Return the verdict of something that was looked at."""
    return Verdict.PROVEN if holds else Verdict.CONTRADICTED


def all_tested(tested: list[Judged]) -> list[Judged]:
    """Return a line for each assumption; of one that was looked at twice, the worse answer."""
    order = (Verdict.CONTRADICTED, Verdict.PROVEN, Verdict.NOT_LOOKED_AT)
    worst: dict[Assumption, Judged] = {}
    for one in tested:
        known = worst.get(one.assumption)
        if known is None or order.index(one.verdict) < order.index(known.verdict):
            worst[one.assumption] = one
    return [worst.get(assumption, Judged(assumption)) for assumption in Assumption]
