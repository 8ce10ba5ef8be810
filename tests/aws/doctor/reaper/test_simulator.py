"""Where no policy may be read, IAM's simulator is asked, with the keys of each request; SCPs only it knows."""

from typing import Any

import pytest

from chalicelib.aws.doctor.reach import Reach
from chalicelib.aws.doctor.reaper.roles.looks import RoleReader
from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.doctor.reaper.roles.holdings import Holdings, holdings
from chalicelib.core.doctor.reaper.roles.judging import MAY, NEVER
from chalicelib.core.doctor.reaper.roles.organisation import HIGHER
from chalicelib.ports.doctor import NotAllowedError
from tests.aws.doctor.reaper.deployed import CONFIG, PARTS
from tests.aws.doctor.reaper.simulator import Simulator
from tests.faults.denied import DeniedClient

HAS: Holdings = holdings(PARTS, CONFIG.rules.at_home(PARTS.account, PARTS.region), [])


def found(iam: Any, check: str) -> list[Finding]:
    reach = Reach(lambda _service, _region: iam, PARTS.account, PARTS.region)
    return list(RoleReader(PARTS, reach, lambda: HAS).looks("reaper")[check]())


def test_the_simulator_is_asked_where_no_policy_may_be_read() -> None:
    assert [one.colour for one in found(Simulator(), MAY)] == [Colour.GREEN]


def test_it_is_asked_with_the_condition_keys_of_each_request() -> None:
    iam = Simulator()
    found(iam, MAY)
    deletes = [asked for asked in iam.asked if "s3:DeleteObject" in asked["ActionNames"]]
    [entries] = [asked["ContextEntries"] for asked in deletes]
    matching = next(one for one in entries if one["ContextKeyName"] == "s3:if-match")
    assert (matching["ContextKeyType"], len(matching["ContextKeyValues"])) == ("string", 1)
    assert all(one["ContextKeyValues"] for one in entries), "a key without a value is left out"
    assert {asked["PolicySourceArn"] for asked in iam.asked} == {PARTS.role_arn(role) for role in PARTS.roles}


def test_no_more_is_asked_than_there_are_different_resources_and_keys() -> None:
    iam = Simulator()
    found(iam, HIGHER)
    assert len(iam.asked) <= 90, "9 roles side by side, so ten requests in a row"


def test_a_right_that_the_simulator_denies_is_red_and_names_the_policy_that_it_names() -> None:
    by = [{"SourcePolicyId": "security-baseline", "SourcePolicyType": "IAM Policy"}]
    [one] = found(Simulator({"s3:DeleteObject": {"EvalDecision": "explicitDeny", "MatchedStatements": by}}), MAY)
    assert one.colour is Colour.RED
    assert "s3:DeleteObject" in one.seen
    assert "security-baseline denies it" in one.seen


def test_a_right_that_the_simulator_does_not_find_is_red_with_a_policy_to_add_beside_those_nobody_could_read() -> None:
    [one] = found(Simulator({"s3:DeleteObject": {"EvalDecision": "implicitDeny"}}), MAY)
    assert one.colour is Colour.RED
    assert one.fix
    assert "--policy-name tflock-reaper-added" in one.fix.cli


def test_what_the_simulator_allows_and_never_should_be_is_red() -> None:
    assert {one.colour for one in found(Simulator(), NEVER)} == {Colour.RED}


def test_a_denial_by_the_organisation_is_yellow_because_the_simulator_misjudges_conditions_there() -> None:
    denied = {"EvalDecision": "implicitDeny", "OrganizationsDecisionDetail": {"AllowedByOrganizations": False}}
    [one] = found(Simulator({"s3:DeleteObject": denied}), HIGHER)
    assert one.colour is Colour.YELLOW
    assert "SCP" in one.seen
    assert "release_lock s3:DeleteObject" in one.seen


def test_a_denial_by_a_permissions_boundary_is_red() -> None:
    detail = {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}}
    [one] = found(Simulator({"s3:DeleteObject": {"EvalDecision": "implicitDeny", **detail}}), HIGHER)
    assert (one.colour, "permissions boundary" in one.seen) == (Colour.RED, True)


def test_a_simulator_that_says_nothing_of_an_action_leaves_the_doctor_unsure() -> None:
    [one] = found(Simulator({"s3:DeleteObject": {"EvalDecision": "who knows"}}), MAY)
    assert one.colour is Colour.YELLOW


@pytest.mark.parametrize("check", [MAY, NEVER])
def test_where_neither_is_allowed_the_right_to_read_is_what_is_lacking(check: str) -> None:
    with pytest.raises(NotAllowedError) as denied:
        found(DeniedClient(), check)
    assert denied.value.right == "iam:GetRole"


def test_without_the_simulator_nobody_says_that_the_organisation_allows_all() -> None:
    with pytest.raises(NotAllowedError) as denied:
        found(DeniedClient(), HIGHER)
    assert denied.value.right == "iam:SimulatePrincipalPolicy"
