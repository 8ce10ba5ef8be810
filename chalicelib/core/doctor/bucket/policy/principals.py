"""Say whether the principals of a statement are those who ask."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from chalicelib.core.doctor.bucket.policy.answer import Answer, any_of, is_so
from chalicelib.core.doctor.iam.statements import texts

_EVERYBODY = "*"
_ACCOUNT_DIGITS = 12


class Caller(msgspec.Struct, frozen=True):
    """Somebody who asks S3. What is "" is not known."""

    words: str
    account: str = ""
    arn: str = ""
    """The ARN of the role."""
    but: tuple[str, ...] = ()
    """ARNs of roles that it certainly is not."""

    @property
    def role(self) -> str:
        """Return the role's name, which is unique in its account, whatever its path is."""
        return self.arn.rpartition("/")[2]


def is_named(statement: Mapping[str, Any], caller: Caller) -> Answer:
    """Return whether a statement is about a caller."""
    if "NotPrincipal" in statement:
        return _but(statement["NotPrincipal"], caller)
    if "Principal" in statement:
        return any_of(_is(kind, one, caller) for kind, one in _each(statement["Principal"]))
    return Answer.MAYBE


def _but(excepted: Any, caller: Caller) -> Answer:
    """Return whether a caller is none of those who are excepted.

    A role is excepted only if its account and its session are named too
    (IAM User Guide, "AWS JSON policy elements: NotPrincipal"), so a role that is named may be met all the same.
    """
    named = any_of(_is(kind, one, caller) for kind, one in _each(excepted))
    if any(one == _EVERYBODY for _, one in _each(excepted)):
        return Answer.NO
    return Answer.YES if named is Answer.NO else Answer.MAYBE


def _each(principals: Any) -> Iterator[tuple[str, str]]:
    if isinstance(principals, Mapping):
        yield from ((str(kind), one) for kind, some in principals.items() for one in texts(some))
    else:
        yield from (("AWS", one) for one in texts(principals))


def _is(kind: str, one: str, caller: Caller) -> Answer:
    if one == _EVERYBODY and kind == "AWS":
        return Answer.YES
    if kind == "Service":
        return Answer.NO
    if kind != "AWS":
        return Answer.MAYBE
    return _is_of_aws(one, caller)


def _is_of_aws(one: str, caller: Caller) -> Answer:
    account, resource = _parts(one)
    was_deleted = not account  # S3 shows the ID of a deleted principal in place of its ARN
    if was_deleted or one in caller.but:
        return Answer.NO
    if not caller.account:
        return Answer.MAYBE
    if account != caller.account:
        return Answer.NO
    if resource == "root":
        return Answer.YES
    return _is_role(resource, caller)


def _is_role(resource: str, caller: Caller) -> Answer:
    if not caller.arn:
        return Answer.MAYBE
    kind, *path = resource.split("/")
    if kind == "assumed-role":
        return Answer.MAYBE if path[:1] == [caller.role] else Answer.NO
    return is_so(kind == "role" and path[-1:] == [caller.role])


def _parts(one: str) -> tuple[str, str]:
    """Return the account and the resource of a principal; an account stands for all of it, which is its root."""
    if len(one) == _ACCOUNT_DIGITS and one.isdigit():
        return one, "root"
    _, _, _, _, account, resource = (one.split(":", 5) + [""] * 6)[:6]
    return account, resource


def without_accounts(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a statement without the principals that stand for whole accounts, whose own policies decide further."""
    principals = statement.get("Principal")
    if not isinstance(principals, Mapping):
        return statement
    left = [one for one in texts(principals.get("AWS")) if _parts(one)[1] != "root"]
    return {**statement, "Principal": {"AWS": left}}
