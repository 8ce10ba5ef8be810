"""Find all held locks, and what the reaper knows of them."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from chalicelib.core.locks.account import Account
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.core.visible import visible
from tflocks.commands.list.question import LookError, Question
from tflocks.live.aws import Aws
from tflocks.live.containers import Containers, find_containers
from tflocks.live.looking import Looking, Seen
from tflocks.live.reaper import Knowledge, NoReaperError, as_ruled, ask, find_reaper
from tflocks.locks.elsewhere import elsewhere, not_looked_at
from tflocks.locks.standing import Standing, standings

_NAME_SOME = "name buckets, or --table, or look at --all"
_MOST_ACCOUNTS = 10


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """All that was found."""

    standings: list[Standing]
    problems: list[str]
    """What could not be looked at, and why."""
    notes: list[str]
    looked_into: int
    """Number of buckets and tables."""
    now: datetime


def find_locks(asked: Question, aws: Aws, now: datetime, told: Callable[[Seen, int], None]) -> Found:
    """Return every lock that is held in what was asked for.

    Raises:
        LookError: there is nothing to look at.
    """
    knowledge = _knowledge(asked, aws)
    found = _containers(asked, aws, knowledge.rules)
    named = bool(asked.targets)
    targets = [as_ruled(target, knowledge.rules, aws.region, named=named) for target in found.targets]
    seen = Looking(aws.locks(), lambda progress: told(progress, len(targets))).at(targets)
    far = _far_targets(asked, knowledge.rules)
    remembered = _remembered(knowledge, far)
    found_now = standings([*seen.locks, *remembered], knowledge.pages, knowledge.rules, now)
    unseen = [not_looked_at(account for _, account in far), *_named_elsewhere(asked, knowledge.rules)]
    return Found(
        standings=[_marked(one, remembered) for one in found_now if asked.wants(one.location.account)],
        problems=[*found.problems, *sorted(seen.problems)],
        notes=[*knowledge.gaps, *found.notes, *filter(None, unseen)],
        looked_into=len(targets),
        now=now,
    )


def _far_targets(asked: Question, rules: Rules | None) -> list[tuple[Target, Account]]:
    """Return the reaper's targets in other accounts than the operator's, each with its account."""
    targets = rules.targets if rules and asked.of_reaper else ()
    accounts = ((target, elsewhere(target.place(""), rules)) for target in targets)
    return [(target, account) for target, account in accounts if account and asked.wants(account)]


def _remembered(knowledge: Knowledge, far: list[tuple[Target, Account]]) -> list[HeldLock]:
    """Return the locks of some targets as the reaper's book has them."""
    targets = {target.home: target for target, _ in far}
    held = [page.lock for page in knowledge.pages if page.ending is None]
    places = ((lock, lock.ref.place) for lock in held)
    return [lock for lock, place in places if place.home in targets and targets[place.home].covers(place)]


def _marked(one: Standing, remembered: list[HeldLock]) -> Standing:
    return msgspec.structs.replace(one, looked_at=not any(lock in remembered for lock in one.locks))


def _knowledge(asked: Question, aws: Aws) -> Knowledge:
    """Ask the reaper what it knows. Only who names no bucket and no table needs one."""
    try:
        return ask(find_reaper(aws, asked.stack), aws)
    except NoReaperError as error:
        if asked.of_reaper:
            raise LookError(visible(f"{error}. To look without a reaper: {_NAME_SOME}")) from error
        return Knowledge(gaps=(f"{error}; so no thresholds and alerts are shown",))


def _containers(asked: Question, aws: Aws, rules: Rules | None) -> Containers:
    if asked.accounts and rules is None:
        raise LookError("--account: only a deployed reaper's rules tell which account a lock is in")
    if asked.everything:
        return find_containers(aws)
    if asked.targets:
        return Containers(targets=list(asked.targets))
    if rules is None:
        raise LookError(f"the reaper's targets could not be read, so {_NAME_SOME}")
    _check_accounts(asked, rules)
    near = (target for target in rules.targets if elsewhere(target.place(""), rules) is None)
    return Containers(targets=[target for target in near if asked.wants(rules.account_of(target.place("")))])


def _check_accounts(asked: Question, rules: Rules) -> None:
    """Raise LookError when no target is in an account that was asked for: nothing would be found, and nobody told."""
    known = {rules.account_of(target.place("")) for target in rules.targets}
    if not any(map(asked.wants, known)):
        there = ", ".join(sorted(account.called for account in known)[:_MOST_ACCOUNTS])
        more = f" and {len(known) - _MOST_ACCOUNTS} more" if len(known) > _MOST_ACCOUNTS else ""
        raise LookError(visible(f"--account: no target of the reaper is in such an account; there are {there}{more}"))


def _named_elsewhere(asked: Question, rules: Rules | None) -> list[str]:
    """Say which of the named buckets are in another account than the operator's, by the reaper's rules."""
    known = {target.home for target in rules.targets} if rules else set()
    named = (target.place("") for target in asked.targets if target.home in known)
    found = ((place, elsewhere(place, rules)) for place in named)
    return [
        f"{place.traits.container} {place.container} is in account {account.called}: if it cannot be looked at, use "
        "credentials of that account (--profile)"
        for place, account in found
        if account
    ]
