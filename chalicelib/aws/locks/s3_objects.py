"""What is kept of an S3 object so that it can be put back, and how a put says it."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalicelib.core.clicks.deletion import LockObject

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
"""What S3 says of an object in the very words in which a put takes it."""


def kept_of(answer: "GetObjectOutputTypeDef", body: bytes, tags: dict[str, str]) -> LockObject:
    """Return all that there is of an object: its bytes, and what S3 says of it."""
    headers = {name: str(value) for name in _AS_IT_WAS if (value := answer.get(name))}
    if answer.get("BucketKeyEnabled"):
        headers["BucketKeyEnabled"] = "true"
    return LockObject(body, headers, dict(answer.get("Metadata", {})), tags)


def not_restored(answer: "GetObjectOutputTypeDef") -> str:
    """Return what a put could not bring back: the old version keeps its hold, the new one has none."""
    return "legal hold" if answer.get("ObjectLockLegalHoldStatus") == "ON" else ""


def put_arguments(kept: LockObject) -> dict[str, Any]:
    """Return what a put says of an object besides its key; as Terraform's own, where nothing else is known."""
    arguments: dict[str, Any] = {"ContentType": "application/json", **kept.headers, "Body": kept.body}
    if "BucketKeyEnabled" in arguments:
        arguments["BucketKeyEnabled"] = True
    others = {"Metadata": kept.metadata, "Tagging": urlencode(kept.tags)}
    return arguments | {name: value for name, value in others.items() if value}
