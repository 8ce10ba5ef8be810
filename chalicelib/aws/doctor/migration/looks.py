"""Join what is known of a lock table to looks for the doctor."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import msgspec

from chalicelib.aws.doctor.migration.asking import Asking
from chalicelib.aws.doctor.migration.journal import read_journal
from chalicelib.aws.doctor.migration.metrics import read_metrics
from chalicelib.aws.doctor.migration.policies import read_policies
from chalicelib.aws.doctor.migration.states import look_at_states
from chalicelib.aws.doctor.migration.table import Described, describe, keeping_of, read_items
from chalicelib.core.doctor.check import Check
from chalicelib.core.doctor.finding import Colour, Finding, green
from chalicelib.core.doctor.migration.checks import CLIENTS, DIGESTS, FORGOTTEN, GRANTS, PHASE
from chalicelib.core.doctor.migration.clients import client_findings
from chalicelib.core.doctor.migration.evidence import Evidence
from chalicelib.core.doctor.migration.forgotten import forgotten_finding
from chalicelib.core.doctor.migration.grants import grants_finding
from chalicelib.core.doctor.migration.judged import deleted_finding, digest_findings, phase_finding
from chalicelib.core.doctor.migration.phase import Phase, story
from chalicelib.core.doctor.migration.proof import cross_checked
from chalicelib.core.doctor.migration.standing import Way, standings
from chalicelib.ports.doctor import Look


def table_migration(asking: Asking) -> dict[str, Look]:
    """Return the looks at a lock table's migration. They share what they read."""
    looks = _Looks(asking)
    return {
        PHASE.id: looks.phase,
        DIGESTS.id: looks.digests,
        FORGOTTEN.id: looks.forgotten,
        CLIENTS.id: looks.clients,
        GRANTS.id: looks.grants,
    }


class _Looks:
    """The looks at one table."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._subject = f"table {asking.table}"

    def phase(self) -> Iterable[Finding]:
        """Yield in which phase the table is."""
        if self._described:
            yield self._honest(PHASE, phase_finding(self._evidence))
        else:
            yield deleted_finding(self._subject, self._asking.region, read_journal(self._asking, "", ()))

    def digests(self) -> Iterable[Finding]:
        """Yield which digests are of states that are gone."""
        if self._described:
            return [self._honest(DIGESTS, one) for one in digest_findings(self._evidence)]
        return self._no_table(DIGESTS.id)

    def forgotten(self) -> Iterable[Finding]:
        """Yield whether the table was forgotten."""
        if self._described:
            keeping = keeping_of(self._asking)
            return [self._honest(FORGOTTEN, forgotten_finding(self._evidence, keeping), keeping.denied)]
        return self._no_table(FORGOTTEN.id)

    def clients(self) -> Iterable[Finding]:
        """Yield which clients are too old."""
        if self._described:
            return [self._honest(CLIENTS, one) for one in client_findings(self._evidence)]
        return self._no_table(CLIENTS.id)

    def grants(self) -> Iterable[Finding]:
        """Yield which policies still name the table. While runs lock in it, they need them, and IAM is not asked."""
        if self._described and (needs := self._who_needs_them()):
            yield self._honest(GRANTS, green(GRANTS.id, self._subject, f"runs need their rights on it: {needs}"))
        else:
            yield grants_finding(self._subject, self._asking.arn, read_policies(self._asking))

    def _who_needs_them(self) -> str:
        """Return why runs may still lock in the table; "": nobody does."""
        phase = story(self._evidence).phase
        if phase is Phase.DELETABLE:
            return ""
        [forgotten] = self.forgotten()
        return "" if forgotten.colour is Colour.YELLOW else phase.value

    def _honest(self, check: Check, found: Finding, denied: str = "") -> Finding:
        """Return a finding, in grey if it says that all is well and a part of the look was denied."""
        lacks = [right for right in (denied, *self._evidence.denied) if right in check.rights]
        if found.colour is not Colour.GREEN or not lacks:
            return found
        seen = f"as far as it may be seen: {found.seen}"
        return msgspec.structs.replace(found, colour=Colour.GREY, seen=seen, right=lacks[0])

    def _no_table(self, check: str) -> Iterator[Finding]:
        yield green(check, self._subject, f"there is no such table in {self._asking.region} any more")

    @cached_property
    def _described(self) -> Described | None:
        return describe(self._asking)

    @cached_property
    def _evidence(self) -> Evidence:
        assert self._described  # noqa: S101  every look asks first
        return evidence_of(self._asking, self._described)


def evidence_of(asking: Asking, described: Described) -> Evidence:
    """Return all that is known of a table. S3 is asked only about states of which the journal does not tell enough."""
    items = read_items(asking, described)
    paths = items.digests | {one.state_path for one in items.held}
    with ThreadPoolExecutor(1) as pool:
        counting = pool.submit(read_metrics, asking, described.table.created)
        journal = read_journal(asking, described.stream, paths)
        metrics = cross_checked(counting.result(), journal.holds, asking.now)
    known = Evidence(
        table=described.table, items=items, journal=journal, metrics=metrics, now=asking.now, quiet=asking.quiet
    )
    unsure = [one.state_path for one in standings(known) if one.way is not Way.S3]
    return msgspec.structs.replace(known, states=look_at_states(asking, unsure))
