"""Run the checkers, and read what they found."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from deploy.commands import ROOT, run

_CHECKERS = ROOT / ".venv-lint" / "bin"


class Finding(NamedTuple):
    """One thing that a checker does not like."""

    checker: str
    rule: str
    """The checker's name of the rule, such as CKV_AWS_116."""
    where: str
    """The file's name, and for checkov the resource."""
    says: str


def by_cfn_lint(templates: list[Path]) -> Iterator[Finding]:
    """Check templates by cfn-lint: against the schemas of CloudFormation's resources."""
    how = ("--format", "json", "--non-zero-exit-code", "none")
    for found in json.loads(run(_CHECKERS / "cfn-lint", *how, "--", *map(str, templates), has_children=True) or "[]"):
        where = f"{Path(found['Filename']).name} {_path(found['Location'].get('Path'))}".strip()
        yield Finding("cfn-lint", found["Rule"]["Id"], where, found["Message"])


def _path(path: list[Any] | None) -> str:
    return "/".join(map(str, path or []))


def by_checkov(templates: list[Path], terraform: Path) -> Iterator[Finding]:
    """Check templates and Terraform by checkov: against what is thought to be good practice. It calls no service."""
    what = [part for template in templates for part in ("--file", str(template))]
    yield from _by_checkov("cloudformation", *what)
    yield from _by_checkov("terraform", "--directory", str(terraform))


def _by_checkov(framework: str, *what: str) -> Iterator[Finding]:
    how = ("--framework", framework, "--skip-download", "--quiet", "--soft-fail", "--output", "json")
    said = json.loads(run(_CHECKERS / "checkov", *how, *what, has_children=True))
    for failed in said.get("results", {}).get("failed_checks", []):
        where = f"{Path(failed['file_path']).name} {failed['resource']}"
        yield Finding("checkov", failed["check_id"], where, failed["check_name"])
    for file in said.get("results", {}).get("parsing_errors", []):
        yield Finding("checkov", "parsing", Path(file).name, "could not be read, so nothing in it was checked")
