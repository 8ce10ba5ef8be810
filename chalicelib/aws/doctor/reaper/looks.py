"""All looks at a deployed reaper, and those at an account that its functions enter."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from chalicelib.aws.accounts.roles import arn_of
from chalicelib.aws.doctor.reach import Reach
from chalicelib.aws.doctor.reaper.keeping import keeping_looks
from chalicelib.aws.doctor.reaper.members import MemberReader
from chalicelib.aws.doctor.reaper.roles.looks import RoleReader
from chalicelib.aws.doctor.reaper.rules import rule_looks
from chalicelib.aws.doctor.reaper.running.alarms import AlarmReader
from chalicelib.aws.doctor.reaper.running.beats import BeatReader
from chalicelib.aws.doctor.reaper.running.functions import FunctionReader
from chalicelib.aws.doctor.reaper.running.metrics import Metrics
from chalicelib.aws.doctor.reaper.running.queues import QueueReader
from chalicelib.aws.doctor.reaper.secrets import secret_looks
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.roles.holdings import holdings
from chalicelib.core.doctor.reaper.rules import Settings
from chalicelib.core.locks.account import Account
from chalicelib.core.policy import Rules
from chalicelib.ports.doctor import Examination, Look
from chalicelib.ports.locks import StoreRefusedError


def reaper_looks(
    parts: Parts, reach: Reach, config: Settings | None, at_hand: Settings | None, now: datetime
) -> dict[str, Look]:
    """Return all looks at one reaper.

    ``config`` are the rules that are deployed, from the lock book, with the targets that were found; None: they cannot
    be read. ``at_hand`` are those of a ``reaper.toml`` on the operator's machine; None: none was given.
    """
    subject = f"reaper {parts.stack}"
    rules = config.rules.at_home(parts.account, parts.region) if config else None
    streams = any(target.stream for target in rules.targets) if rules else False
    metrics = Metrics(reach.client("cloudwatch", ""), sorted(parts.functions.values()), _queues(parts), now)
    functions = FunctionReader(parts, reach, metrics)
    return {
        **RoleReader(parts, reach, lambda: holdings(parts, rules, _members(rules, reach))).looks(subject),
        **secret_looks(subject, parts, reach),
        **functions.looks(subject),
        **BeatReader(parts, reach, functions, now).looks(subject),
        **QueueReader(parts, reach, metrics, streams=streams).looks(subject),
        **AlarmReader(parts, reach, now, streams=streams).looks(subject),
        **rule_looks(subject, parts, reach, config, at_hand),
        **keeping_looks(subject, parts, reach, _clock_from(now)),
    }


def account_looks(accounts: Iterable[Account], parts: Parts, reach: Reach) -> Iterator[Examination]:
    """Yield the looks at each account that the functions enter by a role of it; the last night is read once for all."""
    members = MemberReader(parts, reach)
    for account in dict.fromkeys(one for one in accounts if one.role):
        subject = f"account {account.called}"
        yield Examination(subject, members.looks(subject, account))


def _clock_from(now: datetime) -> Callable[[], datetime]:
    """Return the clock that shows ``now`` at this moment and goes on: a look may be taken minutes later."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


def _queues(parts: Parts) -> list[str]:
    """Return the names of all queues of the stack."""
    return [url.rpartition("/")[2] for output, url in sorted(parts.outputs.items()) if output.endswith("QueueUrl")]


def _members(rules: Rules | None, reach: Reach) -> list[str]:
    """Return the ARNs of the roles by which the functions enter other accounts, as far as they can be entered."""
    accounts = [target.account for target in rules.targets] if rules else []
    accounts += [account for rule in rules.discoveries for account in rule.accounts] if rules else []
    found = []
    for account in dict.fromkeys(one for one in accounts if one.role):
        try:
            found.append(arn_of(account, reach.partition))
        except StoreRefusedError:
            continue  # the sweep itself tells of a role in another partition
    return found
