"""No identifier gets into a report that is attached to an issue, and each has one word wherever it is."""

import json
from datetime import UTC, datetime
from urllib.parse import unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.doctor.canary.assumptions import Assumption, Judged, Verdict
from chalicelib.core.doctor.canary.redaction import Redaction
from chalicelib.core.doctor.canary.report import Report, as_json, as_text
from chalicelib.core.doctor.canary.steps import Outcome, Result, Step
from chalicelib.core.visible import visible

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


@pytest.mark.parametrize(
    "said",
    [
        "s3://x/caf%C3%A9+team%2Ftflock", "caf%C3%A9%20team/x", "the prefix café team alone", "CAFE\u0301 TEAM/x",
        "caf\\u00e9 team/", "Acme+Corp/prod", "Acme%20Corp%2Fprod", "acme%2Dtfstate", "1111-2222-3333",
        "arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2FBigCorp", "https%3A%2F%2Fbigcorp.example",
        "carol%40bigcorp.example", "ARN:AWS:iam::444455556666:role/BigCorp", "bigcorp.s3.eu-central-1.amazonaws.com",
        "proxy.bigcorp.internal:3128", "vpce-0abc123def4567890", "o-a1b2c3d4e5", "2001:db8::17", "xoxb-1234-abcdef",
        "bigcorp.s3.eusc-de-east-1.amazonaws.eu", "bigcorp.s3.cn-north-1.amazonaws.com.cn", "bigcorp.api.aws",
    ],
)  # fmt: skip
def test_however_a_name_is_written_it_does_not_get_into_a_report(said: str) -> None:
    known = {"bucket": ["acme-tfstate"], "prefix": ["café team/", "Acme Corp/prod/"], "account": ["111122223333"]}
    told = unquote_plus(Redaction(known).text(f"it said: {said}.")).lower()
    for secret in ("team", "acme", "bigcorp", "carol", "4444", "1111", "0abc123", "a1b2c3", "db8", "abcdef"):
        assert secret not in told


def test_a_report_has_no_character_that_a_terminal_acts_on() -> None:
    hostile = "\x1b]0;x\x07 \u202e \x7f é\r\n FAILED"
    seen = Result(step=Step.ACQUIRED, outcome=Outcome.FAILED, seen=hostile, part=hostile, do=hostile)
    report = Report(at=datetime(2026, 11, 26, tzinfo=UTC), version="1", results=[seen], tested=[])
    assert all(visible(line) == line for line in as_text(report, Redaction({})).split("\n"))
    written = as_json(report, Redaction({}))
    assert written.isascii()
    assert written.replace("\n", "").isprintable()
    assert json.loads(written)["steps"][0]["seen"] == hostile


def test_the_same_name_has_the_same_word_wherever_it_is() -> None:
    redaction = Redaction(KNOWN)
    first, second = redaction.text("acme-tfstate and U024BE7LH"), redaction.text("U024BE7LH in s3://acme-tfstate/x")
    assert first == "<bucket-1> and <slack-1>"
    assert second == "<slack-1> in s3://<bucket-1>/x"


def test_what_identifies_nobody_stays() -> None:
    kept = "s3:DeleteObject was refused with PreconditionFailed (412) after 0.5 s in eu-central-1, "
    kept += "run 0123456789ab, at 12:34:56 of 2026-11-26T04:58:21+00:00, "
    kept += (
        "at fault: the event source mapping of record_lock_event (AWS::Lambda), 100%, s3://x/probe of a + %25.tfstate"
    )
    assert Redaction(KNOWN).text(kept) == kept


@given(before=st.text(max_size=20), after=st.text(max_size=20), name=st.sampled_from(KNOWN["bucket"][:2]))
def test_a_long_name_is_found_within_any_text(before: str, after: str, name: str) -> None:
    assert name not in Redaction(KNOWN).text(f"{before}{name}{after}")


def test_the_json_has_each_step_and_each_assumption() -> None:
    told = json.loads(as_json(a_report(), Redaction(KNOWN)))
    assert (told["schema"], told["passed"]) == (1, False)
    assert told["steps"][0]["step"] == "acquired"
    assert told["assumptions"][0]["verdict"] == "contradicted"
