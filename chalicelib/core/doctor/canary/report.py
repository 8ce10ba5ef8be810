"""Write the report of a canary, for an issue: what came of each step and of each assumption, without identifiers."""

import json
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.core.doctor.canary.assumptions import Judged
from chalicelib.core.doctor.canary.redaction import Redaction
from chalicelib.core.doctor.canary.steps import STEPS, Result, ended_well
from chalicelib.core.visible import visible

SCHEMA = 1


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that a canary found out."""

    at: datetime
    version: str
    results: list[Result]
    tested: list[Judged]

    def document(self) -> dict[str, Any]:
        """Return it as values of JSON's types, with identifiers."""
        return {
            "schema": SCHEMA,
            "generated_at": self.at.isoformat(timespec="seconds"),
            "tflock_reaper": self.version,
            "passed": ended_well(self.results),
            "steps": [msgspec.to_builtins(one) | {"title": STEPS[one.step].title} for one in self.results],
            "assumptions": [
                {"claim": one.assumption.value, "verdict": one.verdict.value, "seen": one.seen} for one in self.tested
            ],
        }


def as_json(report: Report, redaction: Redaction) -> str:
    """Return the report as JSON in ASCII, without identifiers."""
    told = json.dumps(redaction.value(report.document()), indent=2)
    return told.replace("\x7f", "\\u007f") + "\n"  # JSON leaves DEL as it is, although it is a control character too


def as_text(report: Report, redaction: Redaction) -> str:
    """Return the report as text, without identifiers."""
    document = redaction.value(report.document())
    head = f"tflocks doctor --canary, {document['generated_at']}, tflock-reaper {document['tflock_reaper']}"
    steps = [line for one in document["steps"] for line in _step_lines(one)]
    assumptions = [f"{one['verdict']:<14} {one['claim']}{_behind(one['seen'])}" for one in document["assumptions"]]
    lines = [head, "", *steps, "", "Assumptions:", *assumptions, "", ended(passed=document["passed"]), ""]
    return "\n".join(visible(line) for line in lines)


def ended(*, passed: bool) -> str:
    """Return in one line how a canary ended."""
    return "The canary passed." if passed else "The canary FAILED."


def _step_lines(step: dict[str, Any]) -> list[str]:
    where = f"{step['target']}: " if step["target"] else ""
    lines = [f"{step['outcome']:<12} {where}{step['title']} ({step['seconds']:.0f} s){_behind(step['seen'])}"]
    if step["part"]:
        lines += [f"             at fault: {step['part']}"]
    if step["do"]:
        lines += [f"             do: {step['do']}"]
    return lines


def _behind(seen: str) -> str:
    return f": {seen}" if seen else ""
