"""Judge whether a bucket policy denies what locks are made of."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from chalicelib.core.doctor.bucket.checks import REAPER, TERRAFORM
from chalicelib.core.doctor.bucket.policy.answer import Answer, any_of
from chalicelib.core.doctor.bucket.policy.document import written
from chalicelib.core.doctor.bucket.policy.mending import Requests, mended
from chalicelib.core.doctor.bucket.policy.requests import Request, in_words
from chalicelib.core.doctor.bucket.policy.statements import Policy, Statement, called, denies
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Colour, Finding, Fix
from chalicelib.core.doctor.pasted.shell import compact

_COLOURS = {Answer.YES: Colour.RED, Answer.MAYBE: Colour.YELLOW, Answer.NO: Colour.GREEN}
_BY_BACKEND = ("s3:x-amz-server-side-encryption", "s3:x-amz-acl")
"""Beginnings of keys for headers that a backend's configuration adds to each put."""


class Denial(msgspec.Struct, frozen=True):
    """A statement, and what it denies to somebody."""

    statement: Statement
    answer: Answer
    """YES, or MAYBE where it depends on what is not known here."""
    requests: tuple[Request, ...]

    @property
    def words(self) -> str:
        """Return the denial in words."""
        said = in_words(self.requests)
        if self.answer is Answer.YES:
            return f"{called(self.statement)} denies {said}"
        return f"{called(self.statement)} may deny {said}: it depends on {self.reasons}"

    @property
    def keys(self) -> list[str]:
        """Return the statement's condition keys."""
        conditions = self.statement.get("Condition") or {}
        each = conditions.values() if isinstance(conditions, Mapping) else ()
        return [key for keys in each if isinstance(keys, Mapping) for key in keys]

    @property
    def reasons(self) -> str:
        """Return what the denial depends on."""
        return ", ".join(self.keys) or "who it is, by ARN"


def denials(policy: Policy, requests: Sequence[Request]) -> Iterator[Denial]:
    """Yield the statements that deny one of these requests, or may."""
    for statement in policy.statements:
        answers = [(one, denies(policy, statement, one)) for one in requests]
        worst = any_of(answer for _, answer in answers)
        if worst is not Answer.NO:
            yield Denial(statement, worst, tuple(one for one, answer in answers if answer is worst))


def for_terraform(bucket: StateBucket, policy: Policy, requests: Requests) -> Iterator[Finding]:
    """Judge what a policy denies to Terraform."""
    found = list(denials(policy, requests.terraforms))
    if not found:
        yield bucket.green(TERRAFORM, "no statement denies Terraform the put, the read or the delete of a lock")
    for one in found:
        yield _finding(bucket, TERRAFORM, one, _fix(bucket, policy, requests, one, _for_terraform(bucket, one)))


def for_reaper(bucket: StateBucket, policy: Policy, requests: Requests) -> Iterator[Finding]:
    """Judge what a policy denies to the reaper's roles."""
    found = list(denials(policy, requests.reapers))
    if not found:
        yield bucket.green(REAPER, "no statement denies the reaper what it does with locks")
    for one in found:
        yield _finding(bucket, REAPER, one, _fix(bucket, policy, requests, one, _for_reaper(bucket, one)))


def _finding(bucket: StateBucket, check: str, denial: Denial, fix: Fix) -> Finding:
    return Finding(
        check=check,
        subject=bucket.subject,
        colour=_COLOURS[denial.answer],
        seen=denial.words,
        fix=fix,
        details=(compact(denial.statement),),
        data={"sid": denial.statement.get("Sid", ""), "denies": [one.does for one in denial.requests]},
    )


def _for_terraform(bucket: StateBucket, denial: Denial) -> str:
    name = called(denial.statement)
    leave_out = f"Leave the objects that end in .tflock out of {name} in the policy of {bucket.name}"
    if denial.answer is Answer.YES:
        return f"{leave_out}."
    if denial.keys and all(key.lower().startswith(_BY_BACKEND) for key in denial.keys):
        return f"{leave_out}. Or give each backend what it demands (`encrypt = true`, `kms_key_id`, `acl`)."
    return f"If {name} lets every run of Terraform pass, there is nothing to do. If not: {leave_out}."


def _for_reaper(bucket: StateBucket, denial: Denial) -> str:
    name, who = called(denial.statement), sorted({one.caller.role or one.caller.words for one in denial.requests})
    if denial.answer is Answer.YES:
        return f"Leave the reaper out of {name} in the policy of {bucket.name}: {', '.join(who)}."
    return (
        f"If {name} lets the reaper pass, there is nothing to do. If not, leave the reaper out of it: {', '.join(who)}."
    )


def _fix(bucket: StateBucket, policy: Policy, requests: Requests, denial: Denial, do: str) -> Fix:
    """Return the fix, with the whole policy if it can be written so that the statement denies none of it any more."""
    places = list(mended(bucket, policy, requests, denial.answer))
    [own] = [new for old, new in places if old is denial.statement]
    if any(denies(policy, new, one) is not Answer.NO for new in own for one in denial.requests):
        return Fix(do=f"{do} No command can write that: in its Resource, name the states alone (`.../*.tfstate`).")
    return Fix(do=do, **written(bucket, policy, [new for _, some in places for new in some]))
