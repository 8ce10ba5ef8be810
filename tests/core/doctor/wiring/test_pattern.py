"""Patterns of rules and filter policies: what matches, what does not, and what nobody here can judge."""

from typing import Any

import pytest

from chalicelib.core.doctor.wiring.pattern import matches

EVENT = {"source": "aws.s3", "detail": {"bucket": {"name": "acme"}, "object": {"key": "prod/a.tflock", "size": 3}}}


def about_key(*wanted: Any) -> dict[str, Any]:
    return {"detail": {"object": {"key": list(wanted)}}}


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ({}, True),
        ({"source": ["aws.s3", "aws.ec2"]}, True),
        ({"source": ["aws.ec2"]}, False),
        (about_key({"suffix": ".tflock"}), True),
        (about_key({"suffix": ".tfstate"}), False),
        (about_key({"suffix": ".tfstate"}, {"prefix": "prod/"}), True),
        (about_key({"equals-ignore-case": "PROD/A.TFLOCK"}), True),
        (about_key({"wildcard": "prod/*.tflock"}), True),
        (about_key({"wildcard": r"prod/\*.tflock"}), None),
        (about_key({"anything-but": ["prod/a.tflock"]}), False),
        (about_key({"anything-but": {"suffix": ".tflock"}}), False),
        (about_key({"anything-but": {"suffix": [".tfstate", ".json"]}}), True),
        (about_key({"anything-but": "prod/b.tflock"}), True),
        (about_key({"exists": True}), True),
        (about_key({"exists": False}), False),
        ({"env": [{"exists": False}]}, True),
        ({"env": ["prod"]}, False),
        ({"detail": {"object": {"size": [{"numeric": [">", 0]}]}}}, None),
        ({"$or": [{"source": ["aws.s3"]}]}, None),
        ({"$or": [{"source": ["aws.s3"]}], "source": ["aws.ec2"]}, False),
    ],
)
def test_a_pattern_matches_or_not_or_cannot_be_judged(pattern: dict[str, Any], told: bool | None) -> None:
    assert matches(pattern, EVENT) is told


def test_one_of_a_list_of_records_is_enough() -> None:
    assert matches({"Records": {"s3": {"key": ["b"]}}}, {"Records": [{"s3": {"key": "a"}}, {"s3": {"key": "b"}}]})
