from datetime import timedelta

import pytest

from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.lock_info import Risk
from chalicelib.core.patterns import matches
from chalicelib.core.policy import Route
from tests.builders import BUCKET, KEY, a_policy, at, some_rules


@pytest.mark.parametrize(
    ("risk", "hours", "level"),
    [
        (Risk.PLAN, 0.74, 0),
        (Risk.PLAN, 0.75, 1),
        (Risk.APPLY, 1.99, 0),
        (Risk.APPLY, 2, 1),
        (Risk.APPLY, 24, 2),
        (Risk.OTHER, 1, 1),
    ],
)
def test_each_kind_of_operation_rises_by_its_own_thresholds(risk: Risk, hours: float, level: int) -> None:
    assert a_policy().level(risk, timedelta(hours=hours)) == level


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("acme/team-a/*", "acme/team-a/x/terraform.tfstate", True),
        ("acme/team-a/*", "acme/team-ab", False),
        ("acme/?/x", "acme/b/x", True),
        ("acme/[ab]/x", "acme/a/x", False),
        ("acme/a.b", "acme/a-b", False),
        ("*", "any/thing\nat all", True),
    ],
)
def test_a_pattern_has_stars_and_question_marks_and_nothing_else(pattern: str, path: str, covered: bool) -> None:
    assert Route((pattern,), a_policy()).covers(path) is covered


@pytest.mark.parametrize(
    ("pattern", "name", "matched"),
    [
        ("alice@*", "alice@laptop", True),
        ("alice@*", "malice@laptop", False),
        ("alice@*", "ALICE@laptop", False),
        ("*@build-?", "ci@build-7", True),
        ("*@build-?", "ci@build-17", False),
        ("*@build-?", "ci@build-", False),
        ("a.ice@*", "alice@x", False),
        ("(a+)+$", "aaaa", False),
        ("", "", True),
        ("", "x", False),
        ("*", "", True),
        ("a*", "a\nb", True),
    ],
)
def test_a_pattern_is_for_the_whole_text_as_it_is_written(pattern: str, name: str, matched: bool) -> None:
    assert matches(pattern, name) is matched


@pytest.mark.parametrize(
    ("above", "level", "called"),
    [
        (0, 1, ()),
        (0, 2, ("S0ONCALL", "U0LEAD")),
        (1, 2, ("S0ONCALL", "U0LEAD")),
        (2, 3, ("U0LEAD", "here")),
        (0, 3, ("S0ONCALL", "U0LEAD", "here")),
        (3, 3, ()),
        (3, 1, ()),
        (3, 9, ()),
    ],
)
def test_the_levels_risen_call_everybody_they_name_once(above: int, level: int, called: tuple[str, ...]) -> None:
    policy = a_policy(mentions={2: ("S0ONCALL", "U0LEAD"), 3: ("U0LEAD", "here")})
    assert policy.called(above, level) == called


def test_the_first_route_that_covers_a_state_is_taken_and_the_last_covers_all() -> None:
    rules = some_rules(Route(("acme/a/*",), a_policy(channel="C1")), Route(("acme/*",), a_policy(channel="C2")))
    channels = [rules.policy_for(at(path)).channel for path in ("acme/a/x", "acme/b", "other/x")]
    assert channels == ["C1", "C2", "C0PLATFORM"]


def test_a_target_with_prefixes_covers_only_these() -> None:
    target = Target(Kind.S3, BUCKET, ("prod/", "env:/prod/"))
    assert target.covers(Place(Kind.S3, BUCKET, KEY))
    assert not target.covers(Place(Kind.S3, BUCKET, "staging/x.tflock"))
    assert not target.covers(Place(Kind.S3, "another", KEY))


def test_the_rules_cover_a_bucket_s_locks_and_none_of_its_states() -> None:
    rules = some_rules()
    assert rules.covers(Place(Kind.S3, BUCKET, KEY))
    assert not rules.covers(Place(Kind.S3, BUCKET, KEY.removesuffix(".tflock")))
