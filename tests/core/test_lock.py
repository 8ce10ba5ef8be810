from datetime import timedelta

import pytest

from chalicelib.core.lock import BODY_LIMIT, LockInfo, Risk, UnreadableLockError, is_lock_key, read_body
from tests.builders import SAMPLES, TAKEN, a_lock, sample

GENUINE = sorted(path.name.removesuffix(".tflock.json") for path in SAMPLES.glob("*.tflock.json"))


@pytest.mark.parametrize("name", GENUINE)
def test_every_genuine_lock_is_read_whole(name: str) -> None:
    info = read_body(sample(name))
    assert info.Who == "root@vm"
    assert all((info.ID, info.Operation, info.Version, info.Created, info.Path))


def test_a_path_with_html_escapes_is_read_as_it_was_meant() -> None:
    assert read_body(sample("s3-plan-special-chars")).Path == "acme-tfstate/team a/r&d+1/terraform.tfstate"


def test_names_are_read_in_any_case_and_unknown_ones_ignored_as_go_does() -> None:
    assert read_body(b'{"id":"x","Extra":5,"WHO":null}') == LockInfo(ID="x")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is empty"),
        (b" \n", "is blank"),
        (b"[]", "is JSON, but not an object"),
        (b'"text"', "is JSON, but not an object"),
        (b"{", "is not JSON"),
        (b"\xff\xfe\x00", "is not JSON"),
        (b"[" * 10_000, "is not JSON"),
        (b'{"ID":"a"}{"ID":"b"}', "is not JSON"),
        (b'{"ID":5}', "has a field of the wrong type"),
        (b'{"ID":"' + b"x" * BODY_LIMIT + b'"}', "is larger than 16 KB"),
    ],
    ids=lambda value: repr(value[:12]),
)
def test_what_is_not_a_lock_body_is_said_to_be_what_it_is(body: bytes, said: str) -> None:
    with pytest.raises(UnreadableLockError, match=said):
        read_body(body)


@pytest.mark.parametrize(
    ("name", "risk", "operation"),
    [
        ("s3-plan-default", Risk.PLAN, "plan"),
        ("s3-apply-default", Risk.APPLY, "apply or destroy"),
        ("s3-destroy-workspace-dev", Risk.APPLY, "apply or destroy"),
        ("s3-refresh-default", Risk.OTHER, "refresh"),
        ("s3-import-default", Risk.OTHER, "import or console"),
        ("s3-init-workspace-dev", Risk.OTHER, "workspace new"),
        ("s3-workspace-delete-dev", Risk.OTHER, "workspace delete or state replace-provider"),
        ("s3-migrate-source", Risk.OTHER, "init -migrate-state (old location)"),
    ],
)
def test_an_operation_has_a_risk_and_plain_words(name: str, risk: Risk, operation: str) -> None:
    lock = a_lock(name)
    assert (lock.risk, lock.operation) == (risk, operation)


def test_an_unreadable_lock_counts_as_one_that_writes() -> None:
    assert a_lock(body=b"").risk is Risk.OTHER


def test_an_operation_nobody_knows_has_no_plain_words_and_counts_as_one_that_writes() -> None:
    lock = a_lock(body=b'{"Operation":"quantum-apply"}')
    assert (lock.operation, lock.risk) == ("", Risk.OTHER)


@pytest.mark.parametrize(
    ("key", "workspace"),
    [
        ("env:/dev/prod/network/terraform.tfstate.tflock", "dev"),
        ("prod/network/terraform.tfstate.tflock", ""),
        ("workspaces/dev/app.tfstate.tflock", ""),
        ("env:/dev.tflock", ""),
    ],
)
def test_a_workspace_is_told_where_it_can_be_known(key: str, workspace: str) -> None:
    assert a_lock(key=key).workspace == workspace


def test_the_state_path_is_the_bucket_and_the_lock_s_key_without_its_suffix() -> None:
    ref = a_lock(key="team a/r&d+1/terraform.tfstate.tflock").ref
    assert (ref.state_path, ref.state_key) == (
        "acme-tfstate/team a/r&d+1/terraform.tfstate",
        "team a/r&d+1/terraform.tfstate",
    )


def test_the_age_is_by_s3_s_clock_and_never_negative() -> None:
    assert a_lock().age(TAKEN + timedelta(hours=5)) == timedelta(hours=5)
    assert a_lock().age(TAKEN - timedelta(seconds=3)) == timedelta(0)


@pytest.mark.parametrize(
    ("key", "is_lock"), [("a.tflock", True), (".tflock", False), ("a.tfstate", False), ("a.tflock/b", False)]
)
def test_a_lock_key_ends_with_the_suffix_and_locks_something(key: str, is_lock: bool) -> None:
    assert is_lock_key(key) is is_lock
