"""Each fault alone and some in pairs: the doctor finds it, says what to do, and that makes it well again."""

from collections.abc import Iterable, Iterator

import pytest

from chalicelib.core.doctor.finding import Colour
from demo.deployed import DeployedReaper
from tests.faults import Fault
from tests.faults.bucket import FAULTS as BUCKET
from tests.faults.bucket import deny, put_policy
from tests.faults.migration import FAULTS as MIGRATION
from tests.faults.reaper import FAULTS as REAPER
from tests.faults.wiring import FAULTS as WIRING
from tests.local_cloud.conftest import DOCTORED, MISSING
from tests.local_cloud.doctoring import Ward, a_ward
from tests.pasting import paste
from tflocks.output.doctor.fixes import Kind, fixes

NOT_HERE = {
    "locks left a thousand versions and markers": "a thousand requests take a minute",
    "no default encryption": "S3 always has one, here as on AWS since 2023",
}
"""Faults that the local cloud cannot have, or not cheaply. The areas' own tests have them."""
FAULTS = tuple(fault for fault in (*BUCKET, *WIRING, *MIGRATION, *REAPER) if fault.name not in NOT_HERE)
OTHERWISE_HERE = {
    "bucket.conditions": "the endpoint is not AWS's, so only the canary can tell",
    "reaper.errors": "the canary's tests break the watch",
    "reaper.last-sweep": f"{MISSING} is a target of the other tests",
    "reaper.targets": f"{MISSING} is a target of the other tests",
}
"""Checks that are not green where all is well, and why."""
OF_ROLES = {"reaper.rights", "reaper.bounds"}
OF_POLICIES = {"bucket.plain-http", "bucket.policy-terraform", "bucket.policy-reaper"}
NAMES = [f"{fault.check}: {fault.name}" for fault in FAULTS]


def _pairs(some: Iterable[Fault], others: Iterable[Fault]) -> list[tuple[Fault, Fault]]:
    pairs = [(one, other) for one, other in zip(some, others, strict=False) if one.check != other.check]
    return [pair for pair in pairs if not {fault.name for fault in pair} & NOT_HERE.keys()]


PAIRS = [*_pairs(BUCKET[::2], WIRING[::-2]), *_pairs(WIRING[::3], REAPER[::2]), *_pairs(MIGRATION, REAPER[1::3])]
"""Each kind of fault with another kind, so that no seed is undone by the other one's."""
PAIR_NAMES = [f"{one.name} + {other.name}" for one, other in PAIRS]


@pytest.fixture(scope="module")
def ward(reaper: DeployedReaper) -> Iterator[Ward]:
    with pytest.MonkeyPatch.context() as monkeypatch, a_ward(reaper, monkeypatch) as made:
        yield made


@pytest.fixture(autouse=True)
def as_before(ward: Ward, request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    given = getattr(request.node, "callspec", None)
    faults = given.params.values() if given else ()
    ward.before.restore(roles=any(fault.check in OF_ROLES for fault in faults))


def not_well(ward: Ward) -> list[tuple[str, str, str]]:
    found = ward.looked_at(lambda _check: True)
    bad = [(one.check, one.subject, one.seen) for one in found if one.colour is not Colour.GREEN]
    return [one for one in bad if one[0] not in OTHERWISE_HERE]


def test_a_healthy_set_up_is_all_green(ward: Ward) -> None:
    assert not_well(ward) == []


@pytest.mark.parametrize("fault", FAULTS, ids=NAMES)
def test_a_fault_is_found_and_what_the_doctor_says_mends_it(ward: Ward, fault: Fault) -> None:
    fault.seed(ward.ground)
    found = ward.found(fault)
    assert found.colour is fault.colour, found
    ward.mend(fault, found)
    assert ward.found(fault).colour is Colour.GREEN, ward.found(fault)
    assert ward.before.unlike() == []


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=PAIR_NAMES)
def test_two_faults_are_both_found_and_mended_one_after_the_other(ward: Ward, one: Fault, other: Fault) -> None:
    one.seed(ward.ground)
    other.seed(ward.ground)
    assert [ward.found(one).colour, ward.found(other).colour] == [one.colour, other.colour]
    for fault in (one, other):
        found = ward.found(fault)
        if found.colour is not Colour.GREEN:  # one document may have both, and then one fix mends both
            ward.mend(fault, found)
    assert [ward.found(fault).colour for fault in (one, other)] == [Colour.GREEN] * 2


def test_no_fix_in_a_file_undoes_another_one_although_each_replaces_the_whole_policy(ward: Ward) -> None:
    put_policy(ward.ground.client("s3"), DOCTORED, deny(DOCTORED, "s3:DeleteObject"), deny(DOCTORED, "s3:PutObject"))
    files = []
    while cli := "\n".join(fixes(ward.looked_at(lambda check: check in OF_POLICIES), Kind.CLI)):
        files.append(cli)
        assert len(files) <= len(OF_POLICIES), files
        assert cli.count("put-bucket-policy") == 1, cli
        paste(cli)
    assert {one.colour for one in ward.looked_at(lambda check: check in OF_POLICIES)} == {Colour.GREEN}


def test_after_all_of_it_the_set_up_is_as_healthy_as_before(ward: Ward) -> None:
    assert not_well(ward) == []
