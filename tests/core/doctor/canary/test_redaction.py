"""No identifier gets into a report that is attached to an issue, and each has one word wherever it is."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.doctor.canary.assumptions import Assumption, Judged, Verdict
from chalicelib.core.doctor.canary.redaction import Redaction
from chalicelib.core.doctor.canary.report import Report, as_json, as_text
from chalicelib.core.doctor.canary.steps import Outcome, Result, Step

KNOWN = {
    "bucket": ["acme-tfstate", "acme-tfstate-logs", "abc"],
    "table": ["terraform-locks"],
    "channel": ["C0PROD"],
    "account-name": ["Acme Production"],
    "user": ["arn:aws:sts::111122223333:assumed-role/Operators/carol@acme.example"],
}
SAID = """arn:aws:sts::111122223333:assumed-role/Operators/carol@acme.example may not s3:DeleteObject on
s3://acme-tfstate/prod/a.tflock or ACME-TFSTATE-LOGS/b, arn:aws-us-gov:iam::999988887777:role/ci, account 111122223333,
key AKIAIOSFODNN7EXAMPLE, role id AROAEXAMPLEEXAMPLE:carol, C0PROD, U024BE7LH, T0123ABCD, dave@other.example,
https://sqs.eu-central-1.amazonaws.com/444455556666/tflock-events, 203.0.113.9,
(abc) terraform-locks, Acme Production"""
SECRETS = (
    "111122223333", "999988887777", "444455556666", "acme", "carol", "dave", "Operators", "AKIA", "AROA", "C0PROD",
    "U024BE7LH", "T0123ABCD", "203.0.113.9", "terraform-locks", "abc",
)  # fmt: skip


def a_report() -> Report:
    failed = Result(step=Step.ACQUIRED, target="bucket acme-tfstate", outcome=Outcome.FAILED, seen=SAID, do="tflocks")
    tested = [Judged(Assumption.KEYS, Verdict.CONTRADICTED, SAID)]
    return Report(at=datetime(2026, 11, 26, tzinfo=UTC), version="1", results=[failed], tested=tested)


@pytest.mark.parametrize("write", [as_text, as_json])
def test_no_identifier_gets_into_a_report(write: object) -> None:
    told = write(a_report(), Redaction(KNOWN))  # type: ignore[operator]
    assert [secret for secret in SECRETS if secret.lower() in told.lower()] == []


def test_the_same_name_has_the_same_word_wherever_it_is() -> None:
    redaction = Redaction(KNOWN)
    first, second = redaction.text("acme-tfstate and U024BE7LH"), redaction.text("U024BE7LH in s3://acme-tfstate/x")
    assert first == "<bucket-1> and <slack-1>"
    assert second == "<slack-1> in s3://<bucket-1>/x"


def test_what_identifies_nobody_stays() -> None:
    kept = "s3:DeleteObject was refused with PreconditionFailed (412) after 0.5 s in eu-central-1, run 0123456789ab"
    assert Redaction(KNOWN).text(kept) == kept


@given(before=st.text(max_size=20), after=st.text(max_size=20), name=st.sampled_from(KNOWN["bucket"][:2]))
def test_a_long_name_is_found_within_any_text(before: str, after: str, name: str) -> None:
    assert name not in Redaction(KNOWN).text(f"{before}{name}{after}")


def test_the_json_has_each_step_and_each_assumption() -> None:
    told = json.loads(as_json(a_report(), Redaction(KNOWN)))
    assert (told["schema"], told["passed"]) == (1, False)
    assert told["steps"][0]["step"] == "acquired"
    assert told["assumptions"][0]["verdict"] == "contradicted"
