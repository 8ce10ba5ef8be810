"""What a deployed reaper works with, as the resources that IAM judges."""

from collections.abc import Iterable

import msgspec

from chalicelib.core.doctor.parts import Parts
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules

_SOME_STATE = "tflock-reaper-doctor/terraform.tfstate"
"""The key of a state that nobody has: the doctor only asks what IAM would say."""


class Holdings(msgspec.Struct, frozen=True, kw_only=True):
    """The ARNs of everything that the functions of one reaper touch. The rights are written by these names."""

    partition: str
    account: str
    book: str
    held: str
    """The lock book's index of held locks."""
    sweeps: str
    events: str
    releases: str
    clicks: str
    token: str
    """The SSM parameter with the bot token."""
    signing: str
    log: str
    buckets: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    """A lock in each bucket, below each prefix."""
    states: tuple[str, ...] = ()
    """The states of these locks."""
    debris: tuple[str, ...] = ()
    """The buckets in which a sweep counts what locks left behind."""
    tables: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    """The roles by which other accounts are entered."""
    names: tuple[str, ...] = ()
    """``*`` where target rules list buckets and tables in this account."""
    units: tuple[str, ...] = ()
    """``*`` where target rules list the accounts of units with the functions' own roles."""
    undo: bool = False

    def of(self, name: str) -> tuple[str, ...]:
        """Return the ARNs of one name."""
        value = getattr(self, name)
        return value if isinstance(value, tuple) else (value,)


def holdings(parts: Parts, rules: Rules | None, members: Iterable[str]) -> Holdings:
    """Return what the reaper works with; without its rules, only its own parts.

    ``members`` are the ARNs of the member roles, which have to be made where STS is known.
    """
    outputs, parameters = parts.outputs, parts.parameters
    book = parts.arn("dynamodb", f"table/{outputs['LockBookTable']}")
    ssm = parts.arn("ssm", "parameter")
    log = parts.arn("logs", f"log-group:{outputs['LogGroupName']}")
    own = Holdings(
        partition=parts.partition,
        account=parts.account,
        book=book,
        held=f"{book}/index/held",
        sweeps=queue_arn(parts, outputs["SweepQueueUrl"]),
        events=parts.event_queue,
        releases=queue_arn(parts, outputs["ReleaseQueueUrl"]),
        clicks=queue_arn(parts, outputs["ClickQueueUrl"]),
        token=f"{ssm}{parameters.get('SlackBotTokenParameter', '')}",
        signing=f"{ssm}{parameters.get('SlackSigningSecretParameter', '')}",
        log=f"{log}:log-stream:doctor",
    )
    return _with_rules(own, parts, rules, tuple(dict.fromkeys(members))) if rules else _without_rules(own, parts)


def queue_arn(parts: Parts, url: str) -> str:
    """Return the ARN of a queue of the stack, whose URL ends with its name."""
    return parts.arn("sqs", url.rpartition("/")[2])


def _with_rules(own: Holdings, parts: Parts, rules: Rules, members: tuple[str, ...]) -> Holdings:
    targets = [target for target in rules.targets if not target.account.role]
    buckets = [target for target in targets if target.kind is Kind.S3]
    tables = [target for target in targets if target.kind is Kind.DYNAMODB]
    at_home = [rule for rule in rules.discoveries if rule.units or not all(one.id for one in rule.accounts)]
    units = [rule for rule in rules.discoveries if rule.units and not rule.organization.role]
    return msgspec.structs.replace(
        own,
        buckets=_each(_bucket(target, parts) for target in buckets),
        locks=_each(f"{state}.tflock" for state in _states(buckets, parts)),
        states=_each(_states(buckets, parts)),
        debris=_each(_bucket(target, parts) for target in buckets if target.debris),
        tables=_each(_table(target, parts) for target in tables),
        streams=_each(target.stream for target in tables if target.stream),
        members=members,
        names=("*",) if at_home else (),
        units=("*",) if units else (),
        undo=bool(rules.undo),
    )


def _without_rules(own: Holdings, parts: Parts) -> Holdings:
    """Add what the stack's parameters name: the rules cannot be read, and the stack was made from them."""
    locks = [arn.replace("*", _SOME_STATE) for arn in parts.parameters.get("LockObjectArns", "").split(",") if arn]
    buckets = [arn for arn in parts.parameters.get("StateBucketArns", "").split(",") if arn]
    return msgspec.structs.replace(
        own,
        buckets=_each(arn.replace("*", "any-bucket") for arn in buckets),
        locks=_each(locks),
        states=_each(arn.removesuffix(".tflock") for arn in locks),
        tables=_each(arn for arn in parts.parameters.get("LockTableArns", "").split(",") if arn),
    )


def few(has: Holdings) -> Holdings:
    """Return the same with one resource of each kind, for whoever asks AWS about each."""
    kinds = ("buckets", "locks", "states", "debris", "tables", "streams", "members")
    return msgspec.structs.replace(has, **{kind: has.of(kind)[:1] for kind in kinds})


def shown(arn: str) -> str:
    """Return the ARN of an object as people and policies write it."""
    return arn.replace(_SOME_STATE, "*")


def _each(arns: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(arns))


def _bucket(target: Target, parts: Parts) -> str:
    return f"arn:{parts.partition}:s3:::{target.container}"


def _states(buckets: Iterable[Target], parts: Parts) -> list[str]:
    return [
        f"{_bucket(target, parts)}/{prefix}{_SOME_STATE}" for target in buckets for prefix in target.prefixes or ("",)
    ]


def _table(target: Target, parts: Parts) -> str:
    region = target.region or parts.region
    return f"arn:{parts.partition}:dynamodb:{region}:{parts.account}:table/{target.container}"
