from datetime import datetime, timedelta

import msgspec
import pytest

from chalicelib.core.alerts.alert import alert_for
from chalicelib.core.alerts.evidence import Sign, StateWritten, sign_of
from chalicelib.core.alerts.page import Page
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.slack.words.evidence import evidence
from chalicelib.slack.words.parts.text import ago
from tests.builders import ALICE, STATE_PATH, TAKEN, a_lock, a_policy, a_table_lock

NOW = TAKEN + timedelta(hours=8)
BEFORE = TAKEN - timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "written", "sign", "said"),
    [
        (
            "s3-apply-default",
            NOW - timedelta(minutes=5),
            Sign.ALIVE_THEN,
            f"*Alive* {ago(NOW - timedelta(minutes=5))}: the",
        ),
        ("s3-apply-default", NOW - timedelta(minutes=5), Sign.ALIVE_THEN, "7 h 55 min after the lock was taken."),
        ("s3-apply-default", TAKEN + timedelta(hours=3), Sign.WENT_SILENT, "*Probably died half-way:*"),
        (
            "s3-apply-default",
            TAKEN + timedelta(hours=3),
            Sign.WENT_SILENT,
            f"that was {ago(NOW - timedelta(hours=5))}. It may be behind",
        ),
        ("s3-apply-default", TAKEN, Sign.SAME_SECOND, f"{ago(TAKEN)}, in the second the lock was taken."),
        ("s3-apply-default", BEFORE, Sign.NO_PROOF, "*No sign of life, and no proof of death:*"),
        ("s3-plan-default", BEFORE, Sign.SAYS_NOTHING, "*No evidence:* a plan never writes the state"),
        ("s3-plan-default", NOW, Sign.BY_ANOTHER, "but a plan never writes. Somebody else did"),
        ("s3-apply-default", None, Sign.NO_STATE, "nothing is kept at `acme-tfstate/prod/network/terraform.tfstate`;"),
        (
            "s3-console-default",
            NOW,
            Sign.PERHAPS_BY_IT,
            "If this is an import it was alive then; a `terraform console`",
        ),
        ("s3-console-default", BEFORE, Sign.NO_PROOF, "*No sign of life, and no proof of death:*"),
    ],
)
def test_the_evidence_says_what_the_times_prove_and_no_more(
    name: str, written: datetime | None, sign: Sign, said: str
) -> None:
    state = StateWritten(written)
    assert sign_of(Page(lock=a_lock(name)), state, NOW) is sign
    assert said in evidence(alert_for(Page(lock=a_lock(name)), a_policy(), NOW, state))


def test_what_is_kept_at_a_lock_s_key_and_cannot_be_read_is_not_said_to_be_a_run_without_a_state() -> None:
    lock = HeldLock(a_lock(key="prod/odd.tflock").ref, flaw="looks like a Terraform state", body=Body.STATE)
    said = evidence(alert_for(Page(lock=lock), a_policy(), NOW, StateWritten(None)))
    assert (
        "nothing is kept at `acme-tfstate/prod/odd`. What is kept at `acme-tfstate/prod/odd.tflock` may itself" in said
    )
    assert "this run" not in said


def test_of_what_may_be_a_state_nobody_is_told_that_a_run_died_or_lives() -> None:
    lock = HeldLock(a_lock(key="prod/odd.tflock").ref, flaw="looks like a Terraform state", body=Body.STATE)
    said = evidence(alert_for(Page(lock=lock), a_policy(), NOW, StateWritten(NOW)))
    assert said.startswith(":mag: *No evidence:* what is kept at `acme-tfstate/prod/odd.tflock` may itself be a state")


def test_what_s3_would_not_say_is_told_as_that() -> None:
    assert "S3 did not say" in evidence(alert_for(Page(lock=a_lock()), a_policy(), NOW, None))


IN_TABLE = Page(lock=a_table_lock(), seen_at=NOW)
UNDATED = Page(lock=a_table_lock(body=b""), seen_at=TAKEN)


@pytest.mark.parametrize(
    ("page", "state", "said"),
    [
        (
            IN_TABLE,
            StateWritten(BEFORE, digest=True),
            "Its digest is in the table, as after every write under that lock.",
        ),
        (IN_TABLE, StateWritten(BEFORE, digest=False), "which a run that locks there writes with it: this run has not"),
        (
            IN_TABLE,
            StateWritten(NOW, digest=False),
            "has no digest of it, which a run that locks there writes with the state.",
        ),
        (IN_TABLE, StateWritten(None, digest=True), "the next run will probably fail: `state data in S3 does not have"),
        (IN_TABLE, StateWritten(None, digest=True), f"delete the digest, the item `{STATE_PATH}-md5`."),
        (IN_TABLE, StateWritten(TAKEN, digest=True), "That time is by its machine's clock, so nobody can tell which"),
        (
            IN_TABLE,
            StateWritten(None, digest=True, elsewhere=True),
            f"when `{STATE_PATH}` was last written is not known, because its bucket is no target in `reaper.toml`. Its",
        ),
        (
            Page(lock=a_table_lock(), rivals=(a_lock(taken=TAKEN),)),
            StateWritten(NOW, digest=True),
            "Whether this run or the holder of the other lock wrote it cannot be told.",
        ),
        (UNDATED, StateWritten(BEFORE), "before the lock was first seen, and nothing tells when that was taken."),
        (UNDATED, StateWritten(NOW), "after the lock was first seen."),
    ],
)
def test_the_evidence_of_a_lock_in_a_table_says_what_its_digest_and_its_clock_prove(
    page: Page, state: StateWritten, said: str
) -> None:
    assert said in evidence(alert_for(page, a_policy(), NOW, state))


@pytest.mark.parametrize("state", [StateWritten(None, digest=False), StateWritten(BEFORE), None])
def test_a_digest_that_means_nothing_is_not_told(state: StateWritten | None) -> None:
    assert "digest" not in evidence(alert_for(IN_TABLE, a_policy(), NOW, state))


def test_what_may_be_a_state_in_a_table_is_named_by_its_address() -> None:
    lock = msgspec.structs.replace(a_table_lock(), body=Body.STATE)
    said = evidence(alert_for(Page(lock=lock), a_policy(), NOW, StateWritten(None)))
    assert f"What is kept at `dynamodb://terraform-locks/{STATE_PATH}` may itself be a state." in said


def test_the_evidence_of_a_lock_that_was_put_back_says_what_came_after_that() -> None:
    page = Page(lock=a_lock(), restored_by=ALICE)
    alert = alert_for(page, a_policy(), NOW, StateWritten(BEFORE))
    assert "before the lock was put back." in evidence(alert)
