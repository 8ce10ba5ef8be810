"""Test the names of sessions, which the CloudTrail of a member account shows."""

import re

import pytest

from chalicelib.aws.accounts.errand import Errand, Verb, session_name
from chalicelib.core.clicks.ending import REAPER

pytestmark = pytest.mark.thorough

ALLOWED = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}")
"""docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, RoleSessionName."""
PERSON = "arn:aws:sts::111122223333:assumed-role/admin/alice@acme.example"


@pytest.mark.parametrize(
    ("verb", "by", "name"),
    [
        (Verb.RELEASE, "U0ALICE", "release-U0ALICE"),
        (Verb.RESTORE, "W0BOB", "restore-W0BOB"),
        (Verb.RELEASE, REAPER, "release-tflock-reaper"),
        (Verb.RELEASE, PERSON, "release-assumed-role-admin-alice@acme.example"),
        (Verb.RELEASE, "arn:aws:iam::111122223333:user/team/bob", "release-user-team-bob"),
        (Verb.LOOK, "tflock-reaper-prod", "look-tflock-reaper-prod"),
        (Verb.RELEASE, "", "release-unknown"),
        (Verb.RELEASE, ":", "release-unknown"),
    ],
)
def test_a_session_is_named_after_what_it_does_and_for_whom(verb: Verb, by: str, name: str) -> None:
    assert Errand(verb, by).session_name == name


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize(
    "who",
    ["", " ", "-", "a b", "Łódź", "名前", "١٢٣", "x" * 500, "/" * 500, "a\nb\x00c", "*?${aws:username}", "🔒", "ª", "é"]
    + [chr(code) for code in range(256)],
)
def test_whatever_somebody_is_called_iam_takes_the_session_s_name(verb: Verb, who: str) -> None:
    name = session_name(verb, who)
    assert ALLOWED.fullmatch(name)
    assert name.startswith(f"{verb}-")


def test_of_a_long_name_the_end_is_kept_because_it_is_the_person() -> None:
    assert session_name(Verb.RELEASE, f"assumed-role/{'x' * 64}/alice@acme.example").endswith("x-alice@acme.example")
