import pytest

from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.terraform.lock_info import Risk
from tests.builders import BUCKET, a_lock


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
    assert (ref.state_path, ref.place.state_key) == (
        "acme-tfstate/team a/r&d+1/terraform.tfstate",
        "team a/r&d+1/terraform.tfstate",
    )


@pytest.mark.parametrize(
    ("key", "is_lock"), [("a.tflock", True), (".tflock", False), ("a.tfstate", False), ("a.tflock/b", False)]
)
def test_a_lock_key_ends_with_the_suffix_and_locks_something(key: str, is_lock: bool) -> None:
    assert Place(Kind.S3, BUCKET, key).may_have_lock is is_lock
