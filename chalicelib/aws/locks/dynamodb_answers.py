"""Tell what DynamoDB's answers about lock tables mean. It answers 400 to all that it refuses, so its codes count."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.aws.locks.sent_once import code_of, sent_once
from chalicelib.core.locks.terraform.item import DIGEST_SUFFIX
from chalicelib.ports.locks import ContainerGoneError, StoreError, StoreRefusedError

NOT_MET = "ConditionalCheckFailedException"
CONFLICT = "TransactionConflictException"
_DENIED = "AccessDeniedException"
_LIKE_A_DIGEST = (
    f"The key ends in {DIGEST_SUFFIX}, as the keys of Terraform's digests do, and no function of the reaper may delete "
    "or put such items: `tflocks release` can, with your own rights"
)
_GONE = "ResourceNotFoundException"
NO_LOCK_TABLE = (
    "is no lock table of Terraform: its key is not LockID alone; take it out of reaper.toml and deploy, or create it "
    "again with the partition key LockID (text)"
)
_MEANINGS = {
    _DENIED: "access denied: the role that the reaper asks by, or the table's policy, does not allow it",
    _GONE: (
        "there is no such table in this region and account: name its region in the target, take it out of reaper.toml "
        "and deploy, or create it again"
    ),
    "ValidationException": NO_LOCK_TABLE,
}


def store_error(what: str, error: Exception) -> StoreError:
    """Return a failure as the port's, also what botocore makes of an answer that is not DynamoDB's."""
    if isinstance(error, StoreError):
        return error
    if not isinstance(error, ClientError):
        return StoreError(f"{what}: {in_words('DynamoDB', error)}")
    kind = StoreRefusedError if code_of(error) in _MEANINGS else StoreError
    if code_of(error) == _GONE:
        kind = ContainerGoneError
    return kind(f"{what}: {_meaning(what, code_of(error)) or in_words('DynamoDB', error)}")


def _meaning(what: str, code: str) -> str:
    """Return what a refusal means; "" for one that is said in AWS's own words."""
    like_a_digest = code == _DENIED and what.endswith(DIGEST_SUFFIX)
    return f"{_MEANINGS[code]}. {_LIKE_A_DIGEST}" if like_a_digest else _MEANINGS.get(code, "")


def asked_once(what: str, send: Callable[[], Mapping[str, Any]]) -> ClientError | None:
    """Send a write once; return the error of a condition that was not met or of a conflict; None: it was done.

    Raises:
        AnswerLostError: it may or may not have been done.
        StoreError: it was refused in another way, or never sent.
    """
    try:
        refusal = sent_once(send)
    except BotoCoreError as error:
        raise store_error(what, error) from error
    if refusal and code_of(refusal) not in {NOT_MET, CONFLICT}:
        raise store_error(what, refusal) from refusal
    return refusal
