"""``docs/doctor.md`` has every check and every right that one takes, and no state can be read with these rights."""

import json
import re

from tests.doctor_docs import DOCUMENT, NARROW, policy, rights, written

TEXT = DOCUMENT.read_text(encoding="utf-8")
READS_WHAT_PEOPLE_WROTE = re.compile(
    r"s3:GetObject.*|dynamodb:(GetItem|BatchGetItem|Query|Scan)|logs:(StartQuery|FilterLogEvents|GetLogEvents)"
    r"|ssm:GetParameter.*|kms:Decrypt|sts:AssumeRole|sqs:ReceiveMessage|secretsmanager:.*"
)
READS = re.compile(r"[a-z0-9-]+:(Get|List|Describe|Query|Scan|Simulate|Filter|StartQuery|StopQuery|Decrypt|AssumeRole)")


def test_the_document_is_as_the_catalogue_has_it() -> None:
    assert written(TEXT) == TEXT, "run: python -m tests.doctor_docs"


def test_the_policy_in_the_document_allows_all_that_any_check_takes_and_nothing_else() -> None:
    statements = json.loads(policy())["Statement"]
    allowed = [action for one in statements for action in one["Action"]]
    assert sorted(allowed) == sorted(rights())


def test_what_people_wrote_is_read_only_where_the_doctor_needs_it() -> None:
    wide = {action for one in json.loads(policy())["Statement"] if one["Resource"] == "*" for action in one["Action"]}
    assert {action for action in wide if READS_WHAT_PEOPLE_WROTE.fullmatch(action)} == set()
    assert not wide & NARROW.keys()


def test_nothing_that_the_doctor_takes_writes() -> None:
    assert {action for action in rights() if not READS.match(action)} == set()
