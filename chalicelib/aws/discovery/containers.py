"""List the buckets and tables of one account."""

import re
from collections.abc import Iterator
from os.path import commonprefix
from typing import Any

from chalicelib.aws.discovery.listing_pages import pages

_BUCKETS_A_PAGE, _TAGGED_A_PAGE = 1000, 100
_ORDINARY = re.compile(r"[A-Za-z0-9._-]{3,255}")
"""Every bucket that Terraform can lock in, also old ones with capitals, and every table."""
_BEFORE_PATTERN = re.compile(r"[^*?]*")


def buckets(client: Any, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the name and the region of each bucket whose name may match one of the patterns."""
    # Without any parameter the answer would not tell the regions (docs.aws.amazon.com/AmazonS3/latest/API/
    # API_ListBuckets.html, BucketRegion), and each bucket would need a call.
    asked: dict[str, Any] = {"MaxBuckets": _BUCKETS_A_PAGE}
    if begin := _common_begin(names):
        asked["Prefix"] = begin
    for page in pages(client.list_buckets, "ContinuationToken", "ContinuationToken", **asked):
        for one in page.get("Buckets", []):
            if _ORDINARY.fullmatch(one["Name"]):
                yield one["Name"], one["BucketRegion"]


def tables(client: Any) -> Iterator[str]:
    """Yield the name of each table of the client's region."""
    for page in pages(client.list_tables, "ExclusiveStartTableName", "LastEvaluatedTableName"):
        yield from (name for name in page.get("TableNames", []) if _ORDINARY.fullmatch(name))


def tags(client: Any, kind: str, keys: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return the tags of each container of the client's region that has all of these, by its name."""
    asked = {
        "ResourceTypeFilters": [kind],
        "TagFilters": [{"Key": key} for key in keys],
        "ResourcesPerPage": _TAGGED_A_PAGE,
    }
    found: dict[str, dict[str, str]] = {}
    for page in pages(client.get_resources, "PaginationToken", "PaginationToken", **asked):
        for one in page.get("ResourceTagMappingList", []):
            name = one["ResourceARN"].rpartition(":")[2].removeprefix("table/")
            found[name] = {tag["Key"]: tag["Value"] for tag in one.get("Tags", [])}
    return found


def _common_begin(names: tuple[str, ...]) -> str:
    """Return the text with which every matching name begins."""
    return commonprefix([found[0] for name in names if (found := _BEFORE_PATTERN.match(name))])  # noqa: RUF071  names are no paths
