"""Compare what was found with what we answer: each finding has an answer, and each answer a finding."""

import fnmatch
import tomllib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from deploy.commands import ROOT
from deploy.lint_stack.checkers import Finding

FILE = ROOT / "deploy" / "findings.toml"


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a finding stays."""

    checker: str
    rule: str
    where: list[str]
    """Patterns of the places (``Finding.where``), each of which stands for one finding or more."""
    reason: str


def read(file: Path = FILE) -> list[Answer]:
    """Return the answers."""
    return msgspec.convert(tomllib.loads(file.read_text())["answers"], list[Answer])


def unanswered(findings: Iterable[Finding], answers: list[Answer]) -> list[Finding]:
    """Return the findings that no answer is about."""
    return [one for one in findings if not any(_is_about(answer, place, one) for answer, place in _places(answers))]


def without_finding(findings: Iterable[Finding], answers: list[Answer]) -> list[str]:
    """Return the answers, by rule and place, to which nothing is found any more."""
    found = list(findings)
    return [
        f"{answer.rule} {place}"
        for answer, place in _places(answers)
        if not any(_is_about(answer, place, one) for one in found)
    ]


def _places(answers: list[Answer]) -> list[tuple[Answer, str]]:
    return [(answer, place) for answer in answers for place in answer.where]


def _is_about(answer: Answer, place: str, finding: Finding) -> bool:
    same_rule = (answer.checker, answer.rule) == (finding.checker, finding.rule)
    return same_rule and fnmatch.fnmatchcase(finding.where, place)
