"""Test how findings of checkers are compared with our answers (`make lint-stack`)."""

from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from deploy.commands import ROOT
from deploy.lint_stack import answers
from deploy.lint_stack.answers import Answer, read, unanswered, without_finding
from deploy.lint_stack.checkers import Finding
from deploy.lint_stack.files import by_chalice
from deploy.package.template import stack_template

FOUND = Finding("checkov", "CKV_AWS_116", "stack.yaml AWS::Serverless::Function.ReleaseLock", "no dead letters")
ANSWER = Answer("checkov", "CKV_AWS_116", ["stack.yaml *.ReleaseLock"], "its queue has them")


def test_an_answer_is_about_a_rule_of_a_checker_at_a_place() -> None:
    assert unanswered([FOUND], [ANSWER]) == []
    for other in (FOUND._replace(rule="CKV_AWS_1"), FOUND._replace(checker="cfn-lint"), FOUND._replace(where="x.yaml")):
        assert unanswered([FOUND, other], [ANSWER]) == [other]


def test_an_answer_to_which_nothing_is_found_is_told_place_by_place() -> None:
    two = Answer("checkov", "CKV_AWS_116", ["stack.yaml *.ReleaseLock", "stack.yaml *.Gone"], "because")
    assert without_finding([FOUND], [two]) == ["CKV_AWS_116 stack.yaml *.Gone"]


def test_each_answer_says_why_in_a_sentence_and_names_its_places_one_by_one() -> None:
    for answer in read():
        assert answer.reason[0].isupper()
        assert answer.reason.endswith(".")
        assert len(answer.reason.split()) >= 8
        assert answer.where
        assert not any(place.startswith("*") for place in answer.where)
    places = [(answer.checker, answer.rule, place) for answer in read() for place in answer.where]
    assert len(places) == len(set(places))
    assert answers.FILE.exists()


@pytest.mark.parametrize("path", sorted((ROOT / "deploy").glob("*.yaml")), ids=lambda path: path.name)
def test_no_template_has_an_alias_of_yaml_s_which_cloudformation_refuses(path: Path) -> None:
    tokens = yaml.scan(path.read_text())
    assert not any(isinstance(token, yaml.AliasToken) for token in tokens)


@pytest.mark.thorough
def test_the_packaged_template_has_none_either() -> None:
    written = yaml.safe_dump(stack_template(by_chalice()), allow_unicode=True, width=120)
    assert not any(isinstance(token, yaml.AliasToken) for token in yaml.scan(written))
