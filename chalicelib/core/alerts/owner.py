"""Find who is behind a lock: the session in its AWS identity, the Slack user that a route names, the CI run."""

import re
from collections.abc import Iterator

from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.core.patterns import matches
from chalicelib.core.policy import Policy

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def session_name(principal: str) -> str:
    """Return the session name of a role's session (the end of ``AWS:AROA...:<session name>``); "" for others.

    docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html (unique identifiers: AROA is a role)
    """
    role, _, session = principal.removeprefix("AWS:").partition(":")
    return session if role.startswith("AROA") else ""


def mapped_owner(principal: str, info: LockInfo | None, policy: Policy) -> str:
    """Return the Slack user that the route's table names for a holder; "" when it names nobody.

    The name that AWS has for the holder is looked up first, then the name that the client gave itself.
    """
    for name in _names(principal, info):
        for pattern, user in policy.owners.items():
            if matches(pattern, name):
                return user
    return ""


def owner_email(principal: str, policy: Policy) -> str:
    """Return the e-mail address by which to look up the owner; "" if there is none, or the route forbids it."""
    name = session_name(principal)
    return name if policy.owner_emails and _EMAIL.fullmatch(name) else ""


def ci_run_link(principal: str, info: LockInfo | None, policy: Policy) -> str:
    """Return the link to the CI run that holds the lock; "" when no pattern of the route fits."""
    links = (run.link_for(name) for name in _names(principal, info) for run in policy.ci_runs)
    return next((link for link in links if link), "")


def _names(principal: str, info: LockInfo | None) -> Iterator[str]:
    yield from (name for name in (session_name(principal), principal) if name)
    if info and info.Who:
        yield info.Who
