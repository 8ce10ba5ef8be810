"""Whatever is looked up by the member of an enum has an answer for each of them, or says here which it leaves out.

The tables are found in the code, so a new one is held to this without being named.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.accounts.errand import Verb as Errands
from chalicelib.core.alerts.alert import alert_for
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.audit.event import ToldBy
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import SnoozeFor, Verb
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.doctor.canary.steps import Step as CanaryStep
from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.iam.verdict import Standing as IamStanding
from chalicelib.core.joint.click import JointOutcome
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.nights.night import Standing
from chalicelib.jobs.runs.tasks import Wait
from chalicelib.slack.words.endings import ending_words
from chalicelib.slack.words.joint.buttons import JOINT_VERBS
from chalicelib.slack.words.messages import message
from chalicelib.slack.words.parts.buttons import SNOOZE_ACTIONS, VERBS
from tests.builders import ALICE, TAKEN, a_lock, a_policy

ROOT = Path(__file__).parent.parent
ROOMS = ("chalicelib", "tflocks", "demo", "deploy", "bench")
MODULES = [ROOT / "app.py", *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))]
# Only the files that have one are parsed: nearly all have none.
MEMBER_AS_KEY, MATCH = re.compile(r"\b_*[A-Z]\w*\.\w+(\.value)?:"), re.compile(r"^ *match .*:$", re.MULTILINE)
LEFT_OUT: dict[str, set[Enum]] = {
    # What is allowed needs no fix.
    "chalicelib.core.doctor.reaper.roles.judging _FIXES": {IamStanding.ALLOWED},
    # All other endings are this click's own, or nobody's.
    "chalicelib.core.clicks.part _BY_ANOTHER": {*Outcome} - {Outcome.RELEASED, Outcome.UNCONFIRMED, Outcome.RESTORED},
    # No other verb is carried out lock by lock.
    "chalicelib.core.joint.change _DONE": {*JointVerb} - {JointVerb.RELEASE, JointVerb.PUT_BACK},
    # Both have sentences of their own, with the reason in it.
    "chalicelib.slack.words.joint.answers _ANSWERS": {JointOutcome.REFUSED, JointOutcome.FAILED},
    # A morning is reckoned by the team's hours.
    "chalicelib.core.clicks.click _SNOOZES": {SnoozeFor.MORNING},
    # Both have sentences of their own, with the reason in it.
    "chalicelib.slack.words.whispers _ENDINGS": {Outcome.REFUSED, Outcome.FAILED},
    # Nobody asks for, withdraws from, or snoozes a half.
    "chalicelib.slack.words.halves _ENDED": {Outcome.ASKED, Outcome.WITHDRAWN, Outcome.SNOOZED, Outcome.WOKEN},
    # A release from a terminal asks nobody and snoozes nothing.
    "tflocks.locks.story _ENDS": {Outcome.ASKED, Outcome.WITHDRAWN, Outcome.SNOOZED, Outcome.WOKEN},
    # The terms of a release refuse only what is kept there, not who asks.
    "tflocks.locks.choosing _REFUSALS": {*Refusal}
    - {Refusal.MAY_BE_STATE, Refusal.UNSEEN, Refusal.HAS_DIGEST, Refusal.NO_WAY_BACK},
    # All other endings read the same, whether a half was to be put back or released.
    "chalicelib.slack.words.halves _AFTER_PUT": {*Outcome} - {Outcome.FAILED, Outcome.GONE},
    # Every other ending weighs nothing: no half ends by it.
    "chalicelib.core.clicks.halves _WEIGHT": {*Outcome}
    - {Outcome.RELEASED, Outcome.UNCONFIRMED, Outcome.REPLACED, Outcome.GONE, Outcome.CONTAINER_GONE},
    # Whoever releases or puts back has a session of its own for each lock (``policies.writing``).
    "chalicelib.aws.accounts.sessions _NARROWED": {Errands.RELEASE, Errands.RESTORE},
    # What is well, or not known, has a line without a colour.
    "chalicelib.slack.words.reports.doctor _DOT": {Colour.GREEN, Colour.GREY},
    # What was swept is not told one by one.
    "chalicelib.slack.words.reports.nights _REMEDIES": {Standing.SWEPT},
    # Slack counts neither.
    "chalicelib.jobs.runs.agenda _WAYS": {Wait.SCAN, Wait.PLACE, Wait.BOOK},
    # Lines without a number of their own.
    "chalicelib.core.audit.measure _MEASURES": {
        LineKind.SWEEP_HANDED_ON,
        LineKind.DEBRIS_COUNTED,
        LineKind.SWEEP_FAILED,
        LineKind.LOCK_REAPPEARED,
        LineKind.LOCK_ATTEMPTED,
        LineKind.RELEASE_REQUESTED,
        LineKind.RELEASE_ASKED,
        LineKind.RELEASE_WITHDRAWN,
        LineKind.LOCK_RESTORED,
        LineKind.RESTORE_ANSWERED,
        LineKind.CLICK_REFUSED,
        LineKind.ALERT_POSTED,
        LineKind.ALERT_RAISED,
        LineKind.ALERT_SNOOZED,
        LineKind.ALERT_WOKEN,
        LineKind.ALERT_FAILED,
    },
    # S3 and EventBridge tell all that they are asked for.
    "chalicelib.core.audit.event_line _NOT_TOLD": {ToldBy.S3, ToldBy.EVENTBRIDGE},
    # Taken before there is a course; and steps in which no part of the reaper can be seen to fail.
    "tflocks.live.canary.course acts": {CanaryStep.RULES},
    "chalicelib.core.doctor.canary.blame _CLUES": {
        CanaryStep.RULES,
        CanaryStep.EARLIER,
        CanaryStep.CONDITIONS,
        CanaryStep.CLICKED,
        CanaryStep.REPLACED,
        CanaryStep.LEFT,
    },
    # The others wait for no queue.
    "tflocks.live.canary.eyes _PARTS_OF": {*CanaryStep}
    - {CanaryStep.ACQUIRED, CanaryStep.RELEASED, CanaryStep.REPLACED, CanaryStep.JOURNALED},
    # No other line is the beginning of a hold.
    "tflocks.holds.acquires _BEGAN": {*LineKind} - {LineKind.LOCK_ACQUIRED, LineKind.LOCK_REAPPEARED},
}
"""By table: the members that it leaves out, because they never come to it, or mean nothing there."""


@dataclass(frozen=True)
class Table:
    """A dictionary that the code has, by members of an enum."""

    name: str
    enum: type[Enum]
    members: frozenset[Enum]


def module_of(path: Path) -> Any:
    name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
    return importlib.import_module(name)


def member(node: ast.AST | None, module: Any) -> Enum | None:
    """The member that ``Enum.MEMBER``, or its ``.value``, names in that module."""
    if isinstance(node, ast.Attribute) and node.attr == "value" and isinstance(node.value, ast.Attribute):
        return member(node.value, module)
    if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
        return None
    found = getattr(getattr(module, node.value.id, None), node.attr, None)
    return found if isinstance(found, Enum) else None


def dictionaries_in(path: Path) -> Iterator[tuple[str, ast.Dict]]:
    """Every dictionary whose keys may be members, with the name it is given or else its line."""
    tree = ast.parse(path.read_text())
    names = {
        node.value: ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and any(isinstance(key, ast.Attribute) for key in node.keys):
            yield names.get(node, f"line {node.lineno}"), node


def tables_in(path: Path) -> Iterator[Table]:
    for name, table in dictionaries_in(path):
        module = module_of(path)
        members = [found for key in table.keys if (found := member(key, module)) is not None]
        for enum in {type(found) for found in members}:
            yield Table(f"{module.__name__} {name}", enum, frozenset(one for one in members if type(one) is enum))


TABLES = [table for path in MODULES if MEMBER_AS_KEY.search(path.read_text()) for table in tables_in(path)]


def test_the_tables_that_code_dispatches_by_are_found() -> None:
    names = {table.name for table in TABLES}
    assert {
        "chalicelib.slack.words.evidence _WORDS",
        "chalicelib.jobs.alerts.steps steps",
        "chalicelib.slack.words.whispers _DONE",
    } <= names
    assert LEFT_OUT.keys() <= names


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_every_member_or_says_which_it_leaves_out(table: Table) -> None:
    assert set(table.enum) - table.members == LEFT_OUT.get(table.name, set())


MATCHES = [
    (path, node)
    for path in MODULES
    if MATCH.search(path.read_text())
    for node in ast.walk(ast.parse(path.read_text()))
    if isinstance(node, ast.Match)
]


@pytest.mark.parametrize(("path", "match"), MATCHES, ids=[f"{path.stem} {match.lineno}" for path, match in MATCHES])
def test_a_match_over_an_enum_is_one_that_mypy_holds_to_be_total(path: Path, match: ast.Match) -> None:
    values = [node.value for node in ast.walk(match) if isinstance(node, ast.MatchValue)]
    if any(member(value, module_of(path)) is not None for value in values):
        assert "assert_never" in ast.unparse(match.cases[-1])


def test_every_verb_has_a_button() -> None:
    assert set(VERBS.values()) == set(Verb)
    assert VERBS.keys() >= SNOOZE_ACTIONS.keys()
    assert set(SNOOZE_ACTIONS.values()) == set(SnoozeFor)


def test_every_verb_of_a_joint_alert_has_a_button() -> None:
    assert set(JOINT_VERBS.values()) == set(JointVerb)


def test_every_verb_s_button_is_offered_by_some_message() -> None:
    """Each in the situation that calls for it; a new verb needs one here or is offered by one of these."""
    lock, now, soon = a_lock(), TAKEN + timedelta(hours=3), TAKEN + timedelta(hours=4)
    pages = [
        Page(lock=lock),
        Page(lock=lock, snooze=Snooze(ALICE, soon)),
        Page(lock=lock, asked=Asked(ALICE, now, "1")),
    ]
    released = Ending(outcome=Outcome.RELEASED, at=TAKEN, user=ALICE, undo_until=soon)
    alerts = [alert_for(page, a_policy(), now, None) for page in pages]
    alerts.append(alert_for(Page(lock=lock, ending=released), a_policy(), now, None, released))
    shown = [block for alert in alerts for block in message(alert)[1]]
    actions = [
        element["action_id"] for block in shown for element in block.get("elements", []) if "action_id" in element
    ]
    assert {VERBS[action] for action in actions} == set(Verb)


CLOSING = {
    Outcome.RELEASED,
    Outcome.UNCONFIRMED,
    Outcome.GONE,
    Outcome.REPLACED,
    Outcome.UNWATCHED,
    Outcome.CONTAINER_GONE,
}
OPEN = {
    Outcome.ASKED,
    Outcome.WITHDRAWN,
    Outcome.SNOOZED,
    Outcome.WOKEN,
    Outcome.RESTORED,
    Outcome.OCCUPIED,
    Outcome.REFUSED,
    Outcome.FAILED,
}
SAID_BY_OTHER_LINES = {Outcome.ASKED, Outcome.SNOOZED, Outcome.RESTORED, Outcome.OCCUPIED, Outcome.REFUSED}
"""The request, who may not, the snooze and the lock put back have their own lines; who was too late hears it alone."""


def words(outcome: Outcome) -> str:
    ending = Ending(outcome=outcome, at=TAKEN, user=ALICE, refusal=Refusal.NOT_LISTED)
    return ending_words(alert_for(Page(lock=a_lock()), a_policy(), TAKEN, None, ending), ending)


def test_of_every_outcome_it_is_known_whether_it_closes_the_alert() -> None:
    assert set(Outcome) == CLOSING | OPEN
    assert {outcome for outcome in Outcome if Ending(outcome=outcome, at=TAKEN).closes} == CLOSING


def test_every_outcome_has_words_of_its_own_in_the_message_unless_other_lines_say_it() -> None:
    assert {outcome for outcome in Outcome if not words(outcome)} == SAID_BY_OTHER_LINES
    said = [words(outcome) for outcome in set(Outcome) - SAID_BY_OTHER_LINES]
    assert len(said) == len(set(said))
