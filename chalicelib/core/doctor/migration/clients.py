"""Which runs come from a client that is too old to lock in S3."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from chalicelib.core.doctor.finding import Finding, Fix, green, grey, yellow
from chalicelib.core.doctor.migration.checks import CLIENTS
from chalicelib.core.doctor.migration.evidence import Evidence
from chalicelib.core.doctor.migration.proof import named
from chalicelib.core.doctor.migration.steps import OLDEST

FIRST = (1, 10, 0)
"""The first version that knows ``use_lockfile``, of Terraform as of OpenTofu."""
_FIRST_OPENTOFU = (1, 6, 0)
"""OpenTofu began here. A lock says only a version, so from here on nobody can tell the two apart by it."""
_WITH_OBJECT_LOCK = (1, 10, 1)
_VERSION = re.compile(r"v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?=$|[-+])")


class Client(msgspec.Struct, frozen=True, order=True):
    """One client that locked in the table, as its locks say it."""

    version: str
    state_path: str
    who: str


def client_findings(evidence: Evidence) -> Iterator[Finding]:
    """Yield whether all clients that locked in the table, as far as they are known, can lock in S3."""
    clients = _latest(evidence)
    old = [one for one in clients if (number := number_of(one.version)) and number < FIRST]
    if old:
        yield _too_old(evidence.subject, old)
    elif clients:
        yield green(CLIENTS.id, evidence.subject, _all_can(clients))
    else:
        yield _nobody(evidence)


def number_of(version: str) -> tuple[int, int, int] | None:
    """Return a version's three numbers, without what makes it a preview; None: it is no version."""
    found = _VERSION.match(version)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def tool_of(version: str) -> str:
    """Return which program a version is of, as far as a lock tells it."""
    number = number_of(version)
    return "Terraform" if number and number < _FIRST_OPENTOFU else "Terraform or OpenTofu"


def _latest(evidence: Evidence) -> list[Client]:
    """Return the last client of each state and holder: whoever was upgraded since is no matter."""
    held = [(one.state_path, one.who, one.version) for one in evidence.items.held]
    told = [(one.state_path, one.who, one.version) for one in evidence.journal.holds if one.in_table]
    last = {(path, who): version for path, who, version in (*told, *held) if number_of(version)}
    return sorted(Client(version, path, who) for (path, who), version in last.items())


def _nobody(evidence: Evidence) -> Finding:
    journal = evidence.journal
    if not (evidence.paths or evidence.items.unread):
        return green(CLIENTS.id, evidence.subject, "no state was ever locked here")
    if journal.covers_table_since:
        since = f"{journal.covers_table_since:%Y-%m-%d}"
        return green(CLIENTS.id, evidence.subject, f"no lock in it that tells a version since {since}")
    why = journal.trouble or "the journal does not cover the table"
    return grey(CLIENTS.id, evidence.subject, f"no lock tells a version: {why}", journal.denied)


def _too_old(subject: str, old: list[Client]) -> Finding:
    lines = tuple(f"{one.state_path}: {tool_of(one.version)} {one.version} by {one.who or 'unknown'}" for one in old)
    states = named(sorted({one.state_path for one in old}))
    seen = f"{', '.join(_versions(old))}: too old for use_lockfile, which begins with 1.10; in use for {states}"
    fix = Fix(
        do=f"Upgrade Terraform or OpenTofu to {OLDEST} or later where these runs come from; then add use_lockfile.",
        hcl=f'terraform {{\n  required_version = ">= {OLDEST}"\n}}\n',
    )
    told = [msgspec.to_builtins(one) | {"tool": tool_of(one.version)} for one in old]
    return yellow(CLIENTS.id, subject, seen, fix, details=lines, data={"clients": told})


def _all_can(clients: Iterable[Client]) -> str:
    seen = f"all that locked here know use_lockfile: {', '.join(_versions(clients))}"
    early = [one for one in clients if (number := number_of(one.version)) and number < _WITH_OBJECT_LOCK]
    return f"{seen} (1.10.0 cannot lock in buckets with Object Lock)" if early else seen


def _versions(clients: Iterable[Client]) -> list[str]:
    return sorted({one.version for one in clients}, key=lambda version: (number_of(version) or FIRST, version))
