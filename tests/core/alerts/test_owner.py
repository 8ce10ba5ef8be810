import pytest

from chalicelib.core.alerts.owner import ci_run_link, mapped_owner, owner_email, session_name
from chalicelib.core.locks.ci_run import CiRun
from chalicelib.core.locks.terraform.lock_info import LockInfo
from tests.builders import ALICE, BOB, a_lock, a_policy

SSO = "AWS:AROAEXAMPLE:alice@example.com"
GITHUB = "AWS:AROAEXAMPLE:GitHubActions-77"
INFO = a_lock().info  # Who: root@vm


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        (SSO, "alice@example.com"),
        ("AROAEXAMPLE:i-0123", "i-0123"),
        ("AWS:AROAEXAMPLE:odd:name", "odd:name"),
        ("AWS:AIDAEXAMPLE", ""),
        ("AIDAEXAMPLE", ""),
        ("", ""),
        ("A1B2C3:odd", ""),
    ],
)
def test_only_a_role_has_a_session_name(principal: str, name: str) -> None:
    assert session_name(principal) == name


def test_what_aws_says_of_a_holder_comes_before_what_it_says_of_itself() -> None:
    policy = a_policy(owners={"root@*": BOB, "alice@*": ALICE})
    assert mapped_owner(SSO, INFO, policy) == ALICE
    assert mapped_owner("", INFO, policy) == BOB
    assert mapped_owner(GITHUB, None, policy) == ""


def test_a_holder_of_whom_nobody_says_anything_is_nobody_s_even_where_all_are_somebody_s() -> None:
    everybody_s = a_policy(owners={"*": BOB}, ci_runs=(CiRun("{run}", "https://ci/{run}"),))
    for info in (LockInfo(ID="1", Operation="OperationTypeApply"), None):
        assert mapped_owner("", info, everybody_s) == ""
        assert ci_run_link("", info, everybody_s) == ""
    assert mapped_owner(SSO, LockInfo(), everybody_s) == mapped_owner("", INFO, everybody_s) == BOB


def test_an_identity_without_a_session_is_known_by_its_whole_name_and_a_session_by_both() -> None:
    assert mapped_owner("AWS:AIDAEXAMPLE", None, a_policy(owners={"AWS:AIDA*": BOB})) == BOB
    assert mapped_owner(SSO, None, a_policy(owners={"AWS:AROAEXAMPLE:*": BOB})) == BOB
    assert mapped_owner(SSO, None, a_policy(owners={"AWS:AROAEXAMPLE:*": BOB, "alice@*": ALICE})) == ALICE


def test_the_first_pattern_of_the_table_that_fits_a_name_decides() -> None:
    assert mapped_owner("", INFO, a_policy(owners={"root@*": BOB, "*": ALICE})) == BOB
    assert mapped_owner("", INFO, a_policy(owners={"*": ALICE, "root@*": BOB})) == ALICE


def test_an_address_is_looked_up_only_where_the_route_wants_it() -> None:
    assert owner_email(SSO, a_policy(owner_emails=True)) == "alice@example.com"
    assert owner_email(SSO, a_policy()) == ""


@pytest.mark.parametrize(
    "name", ["GitHubActions", "@example.com", "a@b", "a b@example.com", "a@example.com>", "a@b@c.de"]
)
def test_a_session_name_that_is_no_address_is_not_looked_up(name: str) -> None:
    assert owner_email(f"AWS:AROAEXAMPLE:{name}", a_policy(owner_emails=True)) == ""


def test_the_ci_run_is_found_by_the_session_name_or_by_the_holder() -> None:
    policy = a_policy(
        ci_runs=(CiRun("GitHubActions-{run}", "https://ci/{run}"), CiRun("root@{host}", "https://on/{host}"))
    )
    assert ci_run_link(GITHUB, INFO, policy) == "https://ci/77"
    assert ci_run_link("", INFO, policy) == "https://on/vm"
    assert ci_run_link("", None, policy) == ""
