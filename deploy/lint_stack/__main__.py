"""Check all templates, and say what has no answer."""

import sys

from deploy.commands import CommandError
from deploy.lint_stack import answers
from deploy.lint_stack.checkers import by_cfn_lint, by_checkov
from deploy.lint_stack.files import TERRAFORM, templates
from deploy.package.build import BUILD


def main() -> int:
    """Run both checkers, print what is not settled, and return 1 where anything is."""
    try:
        checked = templates(BUILD / "lint")
        findings = [*by_cfn_lint(checked), *by_checkov(checked, TERRAFORM)]
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    known = answers.read()
    open_ones, idle = answers.unanswered(findings, known), answers.without_finding(findings, known)
    for finding in open_ones:
        print(f"{finding.checker} {finding.rule}, {finding.where}: {finding.says}")
    for line in idle:
        print(f"{answers.FILE.name} answers {line}, which is not found any more; take the answer out")
    if open_ones:
        print(f"mend each, or answer it in deploy/{answers.FILE.name} with the reason why it stays")
    print(f"{len(checked)} templates and Terraform: {len(findings)} findings, {len(open_ones)} without an answer")
    return 1 if open_ones or idle else 0


if __name__ == "__main__":
    sys.exit(main())
