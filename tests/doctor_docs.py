"""``python -m tests.doctor_docs``: write the table of checks and the operator's rights into ``docs/doctor.md``.

A test holds the two equal to the catalogue.
"""

import json
import re
from pathlib import Path
from typing import Any

from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.doctor.check import Check

DOCUMENT = Path(__file__).parent.parent / "docs" / "doctor.md"
REGION, ACCOUNT = "eu-central-1", "111122223333"
IAM = re.compile(r"[a-z0-9-]+:[A-Z][A-Za-z*]+")
"""An action. Slack's scopes are written in lower case."""
TO_FIND = {"sts:GetCallerIdentity", "s3:ListAllMyBuckets", "s3:ListBucket", "dynamodb:ListTables"}
"""For the command itself: whose credentials these are, and ``--all``."""
TO_ASK_SLACK = {"ssm:GetParameter", "kms:Decrypt"}
"""For each check of the Slack app: it is asked with the bot token."""
BOOK = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/tflock-reaper-prod-LockBook-*"
TABLES = [f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/terraform-locks", BOOK, f"{BOOK}/index/*"]
LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/tflock-reaper/prod:*"
NARROW: dict[str, tuple[str, Any]] = {
    "s3:GetObject": ("LocksNotStates", "arn:aws:s3:::acme-tfstate/*.tflock"),
    "dynamodb:GetItem": ("TablesAndTheBook", TABLES),
    "dynamodb:Query": ("TablesAndTheBook", TABLES),
    "dynamodb:Scan": ("TablesAndTheBook", TABLES),
    "logs:StartQuery": ("TheJournal", LOG_GROUP),
    "logs:FilterLogEvents": ("TheJournal", LOG_GROUP),
    "ssm:GetParameter": ("TheSecrets", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/tflock-reaper/prod/*"),
    "kms:Decrypt": ("TheKeyOfTheSecrets", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/KEY"),
    "sts:AssumeRole": ("MemberAccounts", "arn:aws:iam::*:role/tflock-reaper-member"),
}
"""Actions that read what people wrote, or lead elsewhere: each only where the doctor needs it."""


def checks_table() -> str:
    """The lines of the table of all checks."""
    rows = [f"| `{one.id}` | {one.title} | {one.why} | {_taken(one)} |" for one in CHECKS.values()]
    return "\n".join(["| check | what | why it matters | needs |", "| --- | --- | --- | --- |", *rows])


def policy() -> str:
    """The operator's policy, as JSON."""
    statements: dict[str, dict[str, Any]] = {}
    for action in sorted(rights()):
        sid, resource = NARROW.get(action, ("LookAtSettings", "*"))
        wanted = {"Sid": sid, "Effect": "Allow", "Action": [], "Resource": resource}
        statements.setdefault(sid, wanted)["Action"].append(action)
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements.values())}, indent=2)


def rights() -> set[str]:
    """All IAM actions that any check takes, and the command itself."""
    return (
        TO_FIND | TO_ASK_SLACK | {right for check in CHECKS.values() for right in check.rights if IAM.fullmatch(right)}
    )


def written(text: str) -> str:
    """The document with both parts as they should be."""
    text = _put(text, "checks", checks_table())
    return _put(text, "rights", f"```json\n{policy()}\n```")


def _put(text: str, name: str, part: str) -> str:
    begin, end = f"<!-- {name}: written by `python -m tests.doctor_docs` -->\n", f"<!-- end of {name} -->"
    before, _, rest = text.partition(begin)
    _, found, after = rest.partition(end)
    assert found, f"{DOCUMENT.name} has no place for {name}"
    return f"{before}{begin}{part}\n{end}{after}"


def _taken(check: Check) -> str:
    first = ("ssm:GetParameter",) if check.area == "slack" else ()
    return ", ".join(f"`{right}`" for right in dict.fromkeys((*first, *check.rights)))


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
