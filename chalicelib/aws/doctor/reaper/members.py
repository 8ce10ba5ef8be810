"""Look whether the functions can enter other accounts."""

from functools import cached_property
from typing import Any

from chalicelib.aws.accounts.errand import Verb, session_name
from chalicelib.aws.accounts.roles import arn_of
from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.aws.doctor.reaper.running.nights import last_night
from chalicelib.core.doctor.finding import Finding, green
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.members import MEMBER, judge_by_night
from chalicelib.core.locks.account import Account
from chalicelib.core.nights.night import Night
from chalicelib.ports.doctor import Look, NotAllowedError, NotKnownError
from chalicelib.ports.locks import StoreRefusedError

_SHORTEST = 900
"""Seconds that a session lasts at least."""
_ONLY_THE_FUNCTIONS = (
    "no night has swept a target of this account yet, and its role lets only the reaper's functions in, not you: the "
    "next night tells"
)


class MemberReader:
    """Looks at member accounts; it reads the last night once for all of them."""

    def __init__(self, parts: Parts, reach: Reach) -> None:
        self._parts = parts
        self._reach = reach

    def looks(self, subject: str, account: Account) -> dict[str, Look]:
        """Return the look at one account."""
        return {MEMBER: lambda: [self._look(subject, account)]}

    def _look(self, subject: str, account: Account) -> Finding:
        return judge_by_night(subject, account, self._night, self._parts) or self._enter(subject, account)

    @cached_property
    def _night(self) -> Night | None:
        return last_night(self._parts, self._reach)

    def _enter(self, subject: str, account: Account) -> Finding:
        """Try the role with the rights of whoever runs the doctor. The session is not used for anything."""
        sts, wanted = self._reach.client("sts", ""), self._wanted(account)
        try:
            asked("STS", "sts:AssumeRole", lambda: sts.assume_role(**wanted))
        except NotAllowedError as error:
            raise NotAllowedError(error.right, _ONLY_THE_FUNCTIONS) from error
        return green(MEMBER, subject, f"its role {account.role} is there and can be entered")

    def _wanted(self, account: Account) -> dict[str, Any]:
        try:
            arn = arn_of(account, self._reach.partition)
        except StoreRefusedError as error:
            raise NotKnownError(str(error)) from error
        name = session_name(Verb.LOOK, f"{self._parts.stack}-doctor")
        wanted = {"RoleArn": arn, "RoleSessionName": name, "DurationSeconds": _SHORTEST}
        return wanted | ({"ExternalId": account.external_id} if account.external_id else {})
