"""Read the policies of an account, inline and managed, as far as a quick look reads them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import unquote

from chalicelib.aws.doctor.migration.asking import Asking
from chalicelib.aws.doctor.reach import asked
from chalicelib.core.doctor.migration.grants import Policies, Policy

MOST_PAGES = 10
"""Answers of IAM, of up to 1,000 identities and policies each."""
_PAGE = 1000
_KINDS = {"role": "Role", "user": "User", "group": "Group"}
_WANTED = ["Role", "User", "Group", "LocalManagedPolicy"]


def read_policies(asking: Asking) -> Policies:
    """Return the policies of everybody but the reaper itself, whose rights follow its targets."""
    pages, all_of_them = _pages(asking)
    own = frozenset(asking.parts.roles.values()) if asking.parts else frozenset()
    attached = _attached(pages, own)
    those = [
        one
        for page in pages
        for kind in _KINDS
        for identity in _identities(page, kind, own)
        for one in _inline(kind, identity)
    ]
    managed = [one for page in pages for told in page.get("Policies", []) for one in _managed(told, attached)]
    return Policies((*those, *managed), all_of_them)


def _pages(asking: Asking) -> tuple[list[dict[str, Any]], bool]:
    client = asking.client("iam")
    pages: list[dict[str, Any]] = []
    begin: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        page = asked(
            "IAM",
            "iam:GetAccountAuthorizationDetails",
            lambda: client.get_account_authorization_details(Filter=_WANTED, MaxItems=_PAGE, **begin),  # noqa: B023
        )
        pages.append(page)
        if not page.get("IsTruncated"):
            return pages, True
        begin = {"Marker": page["Marker"]}
    return pages, False


def _identities(page: dict[str, Any], kind: str, own: Collection[str]) -> Iterator[dict[str, Any]]:
    name = _KINDS[kind]
    return (one for one in page.get(f"{name}DetailList", []) if one[f"{name}Name"] not in own)


def _inline(kind: str, identity: dict[str, Any]) -> Iterator[Policy]:
    name = _KINDS[kind]
    for one in identity.get(f"{name}PolicyList", []):
        document = _document(one["PolicyDocument"])
        yield Policy(name=one["PolicyName"], document=document, kind=kind, holder=identity[f"{name}Name"])


def _attached(pages: list[dict[str, Any]], own: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the kind and name of each holder of a managed policy, by its ARN."""
    holders: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for page in pages:
        for kind, name in _KINDS.items():
            for identity in _identities(page, kind, own):
                for one in identity.get("AttachedManagedPolicies", []):
                    holders[one["PolicyArn"]].append((kind, identity[f"{name}Name"]))
    return holders


def _managed(told: dict[str, Any], attached: dict[str, list[tuple[str, str]]]) -> Iterator[Policy]:
    holders = attached.get(told["Arn"], [])
    current = (one for one in told.get("PolicyVersionList", []) if one.get("IsDefaultVersion"))
    for version in current if holders else ():
        document = _document(version["Document"])
        name = told["Arn"].rpartition("/")[2]
        yield Policy(name=name, document=document, arn=told["Arn"], attached=tuple(holders))


def _document(written: Any) -> dict[str, Any]:
    """Return a policy's document, which botocore decodes and other answers have as text."""
    decoded = json.loads(unquote(written)) if isinstance(written, str) else written
    return decoded if isinstance(decoded, dict) else {}
