"""Keep an S3 object so that it can be put back, and make the arguments of that put."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.locks.mark import marked

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import GetObjectOutputTypeDef

_AS_IT_WAS = (
    "ContentType",
    "ContentEncoding",
    "ContentLanguage",
    "ContentDisposition",
    "CacheControl",
    "StorageClass",
    "ServerSideEncryption",
    "SSEKMSKeyId",
    "WebsiteRedirectLocation",
)
"""The attributes that GetObject returns under the names that PutObject takes."""


def kept_of(answer: "GetObjectOutputTypeDef", body: bytes, tags: dict[str, str]) -> LockObject:
    """Return an object whole: its bytes, and all that S3 says of it."""
    headers = {name: str(value) for name in _AS_IT_WAS if (value := answer.get(name))}
    if answer.get("BucketKeyEnabled"):
        headers["BucketKeyEnabled"] = "true"
    return LockObject(body, headers, dict(answer.get("Metadata", {})), tags)


def not_restored(answer: "GetObjectOutputTypeDef") -> str:
    """Return in words what a put could not bring back: a legal hold stays with the old version."""
    return "legal hold" if answer.get("ObjectLockLegalHoldStatus") == "ON" else ""


def put_arguments(kept: LockObject, mark: str) -> dict[str, Any]:
    """Return a put's arguments for a marked object besides its key; if nothing else is known, Terraform's."""
    arguments: dict[str, Any] = {"ContentType": "application/json", **kept.headers, "Body": marked(kept.body, mark)}
    if "BucketKeyEnabled" in arguments:
        arguments["BucketKeyEnabled"] = True
    others = {"Metadata": kept.metadata, "Tagging": urlencode(kept.tags)}
    return arguments | {name: value for name, value in others.items() if value}
