"""Derive stack parameters from ``reaper.toml``: what the reaper's roles may touch, and whether they may put back."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple

import msgspec

from chalicelib.aws.accounts.roles import arn_of
from chalicelib.checked_rules import FORMAT, Config
from chalicelib.config.file import ConfigError
from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.ports.locks import StoreRefusedError
from chalicelib.stack import names, streams
from chalicelib.stack.event_accounts import event_accounts

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (parameter values)
_LONGEST_VALUE = 4096
# A role's inline policies, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html. The longest are
# release_lock's and answer_click's: they read and delete a lock, or read it and put it back, and use its KMS key.
# The reserve is for all of a policy but these ARNs.
_INLINE_POLICY, _RESERVE = 10_240, 4_250
_FOR_RULES = {
    "VpcSubnetIds": 560,
    "QueueKmsKeyArn": 330,
    "TableKmsKeyArn": 310,
    "EnvironmentKmsKeyArn": 310,
    "Tracing": 170,
}
"""The characters of a role's policies that an organisation's rules take, where they are given."""
_NAMED_IN_ONE_ROLE = ("StateBucketArns", "MemberRoleArns", *("LockObjectArns", "DecryptKeyArns", "LockTableArns") * 2)
_LONGEST_KNOWN_STAGE = 16
"""tflock-reaper-<stage>-RecordLockEventRole-<13 letters> then has 64 characters (``deploy/member-role.yaml``)."""
_MAY_BE_GIVEN = {"SlackBotTokenParameter", "SlackSigningSecretParameter"}
"""The names that follow from the stage, unless a company has names of its own."""
_NOT_IN_A_PATTERN = re.compile(r"[^a-zA-Z0-9_.*-]")
_READ_BY_CLOUDFORMATION = re.compile(r"[,{]")  # the end of an item; {{resolve:...}} becomes what it names, a secret
_ANY_NAME = re.compile(r"[*?]*")


class Home(NamedTuple):
    """The place of a stack. ``*`` in an ARN is any region or account; only commands that do not know them leave it."""

    partition: str = "aws"
    region: str = "*"
    account: str = "*"


ANYWHERE = Home()
_NO_BUCKET = Target(Kind.S3, "-")
"""Named where no bucket of the stack's account is a target: IAM refuses an empty list. No bucket has this name."""
_ANY_BUCKET = Target(Kind.S3, "*")


class _Named(NamedTuple):
    """What the roles name one by one, and what they name by a pattern, because the names are too many or not known."""

    roles_by_pattern: bool = False
    buckets_by_pattern: bool = False


def overrides(
    config: Config, stage: str, home: Home = ANYWHERE, given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the stack parameters that follow from a configuration. Those in ``given`` are added, or replace them.

    Names that IAM has no room for become patterns: first those of member roles, then those of buckets.

    Raises:
        ConfigError: when even so the roles have no room for all tables and keys, or when a parameter is given that the
            configuration decides.
    """
    rules = config.rules.at_home(home.account, home.region)
    _check_stage(rules, stage)
    given = {"EventAccounts": event_accounts(rules, given or {})} | streams.parameters(config) | dict(given or {})
    problem: str | None = None
    for named in (_Named(), _Named(roles_by_pattern=True), _Named(roles_by_pattern=True, buckets_by_pattern=True)):
        followed = _values(rules, stage, home, named)
        _check_given(followed.keys() & given.keys())
        values = followed | given
        problem = _too_long(values)
        if problem is None:
            return values
    raise ConfigError([f"targets: too many lock tables or keys for one stack ({problem}); deploy two"])


def _check_stage(rules: Rules, stage: str) -> None:
    """Refuse a stage whose roles a member role could not know: IAM cuts their names off at 64 characters."""
    if len(stage) > _LONGEST_KNOWN_STAGE and any(_role_arns(rules, ANYWHERE, _Named())):
        raise ConfigError(
            [
                f"STAGE={stage}: at most {_LONGEST_KNOWN_STAGE} characters where targets are in other accounts, "
                "because the member roles there know the reaper's roles by their names"
            ]
        )


def _check_given(names: Iterable[str]) -> None:
    """Refuse what the configuration decides: the functions follow the rules in their layer, not the parameter."""
    decided = sorted(set(names) - _MAY_BE_GIVEN)
    if decided:
        raise ConfigError([f"parameter {name} follows from reaper.toml; change it there" for name in decided])


def remarks(values: Mapping[str, str]) -> list[str]:
    """Return a line for each kind of thing that these stack parameters name by a pattern."""
    lines = []
    if values["OnlyOwnBuckets"] == "yes":
        lines.append(
            "buckets: IAM lets the reaper's roles into the locks (*.tflock) of "
            f"{values['StateBucketArns']} in this account, because the targets are found by a rule, or are too many to "
            "be named; the reaper itself still looks only into its targets"
        )
    if "::*:role/" in values["MemberRoleArns"]:
        lines.append(
            "accounts: IAM lets the reaper's roles enter every account that has and opens the role "
            f"{values['MemberRoleArns']}; the reaper itself enters only those of its targets"
        )
    return lines


def _values(rules: Rules, stage: str, home: Home, named: _Named) -> dict[str, str]:
    buckets, tables = _at_home(rules, Kind.S3), _at_home(rules, Kind.DYNAMODB)
    if named.buckets_by_pattern:
        counted = any(target.debris for target in buckets)
        buckets = [msgspec.structs.replace(_ANY_BUCKET, debris=counted)]
    return {
        "Stage": stage,
        "RulesFormat": str(FORMAT),
        "StateBucketArns": _listed(_bucket_arn(target, home) for target in buckets or [_NO_BUCKET]),
        "LockObjectArns": _listed(arn for target in buckets or [_NO_BUCKET] for arn in _lock_arns(target, home)),
        "OnlyOwnBuckets": "yes" if any(set("*?") & set(target.container) for target in buckets) else "no",
        "DebrisBucketArns": _listed(_bucket_arn(target, home) for target in buckets if target.debris),
        "LockTableArns": _listed(_table_arn(target, home) for target in tables),
        "MemberRoleArns": _listed(_role_arns(rules, home, named)),
        "TargetRules": _target_rules(rules),
        "Doctor": "weekly" if rules.weekly_look else "never",
        "SlackBotTokenParameter": names.secret_parameter(stage, names.BOT_TOKEN),
        "SlackSigningSecretParameter": names.secret_parameter(stage, names.SIGNING_SECRET),
        # Rounded up: to the stack 0 means never, and a few seconds are more than that.
        "UndoMinutes": str(math.ceil(rules.undo / timedelta(minutes=1))),
    }


def _too_long(values: Mapping[str, str]) -> str | None:
    """Return which limit of AWS the parameters are over; None: none."""
    too_long = [name for name, value in values.items() if len(value.encode()) > _LONGEST_VALUE]
    if too_long:
        return f"{too_long[0]} is over {_LONGEST_VALUE} bytes"
    reserve = _RESERVE + sum(
        size for name, size in _FOR_RULES.items() if values.get(name, "") not in {"", "PassThrough"}
    )
    if _policy_characters(values) > _INLINE_POLICY - reserve:
        return f"IAM allows {_INLINE_POLICY} characters a role"
    return None


def _policy_characters(values: Mapping[str, str]) -> int:
    """Return how many characters the ARNs take in one role, each with its quotes and comma."""
    return sum(len(arn) + 3 for name in _NAMED_IN_ONE_ROLE for arn in values.get(name, "").split(","))


def _at_home(rules: Rules, kind: Kind) -> list[Target]:
    """Return the targets that the functions' own roles touch, with patterns for names that rules are yet to find."""
    named = [target for target in rules.targets if target.kind is kind and not target.account.role]
    found = [rule for rule in rules.discoveries if rule.kind is kind and _is_at_home(rule)]
    return named + [
        Target(kind, _pattern(rule, name), rule.prefixes, region, debris=rule.debris)
        for rule in found
        for name in _names(rule)
        for region in (rule.regions or (None,))
    ]


def _is_at_home(rule: Discovery) -> bool:
    """Return whether a rule looks into the stack's account, which may be in one of its units."""
    return HOME in rule.accounts or bool(rule.units) or not rule.accounts


def _names(rule: Discovery) -> Iterable[str]:
    """Return the patterns that open something at home: of the tables below a unit, none that any name matches."""
    anything = rule.units and rule.kind is Kind.DYNAMODB
    return (name for name in rule.names if not (anything and _ANY_NAME.fullmatch(name)))


def _target_rules(rules: Rules) -> str:
    """Return what target rules need of the stack's account, as a value of the parameter ``TargetRules``."""
    if any(rule.units and not rule.organization.role for rule in rules.discoveries):
        return "units"
    return "yes" if any(_is_at_home(rule) for rule in rules.discoveries) else "no"


def _pattern(rule: Discovery, name: str) -> str:
    """Return a pattern of containers' names as IAM takes it. A table's has to say more than any name."""
    if rule.kind is Kind.DYNAMODB and _ANY_NAME.fullmatch(name):
        raise ConfigError(
            [
                f"discover: {name!r} finds every table of the stack's account, and the reaper's roles would be let "
                'into all of them; give names of lock tables, like ["terraform-locks*"]'
            ]
        )
    return _NOT_IN_A_PATTERN.sub("?", name)


def _role_arns(rules: Rules, home: Home, named: _Named) -> Iterable[str]:
    accounts = [target.account for target in rules.targets]
    accounts += [account for rule in rules.discoveries for account in (*rule.accounts, rule.organization)]
    yield from (_role_arn(account, home, named) for account in accounts if account.role)
    yield from (_role_of_any_account(rule.member, home) for rule in rules.discoveries if rule.units)


def _role_arn(account: Account, home: Home, named: _Named) -> str:
    if named.roles_by_pattern:
        return _role_of_any_account(account, home)
    if home == ANYWHERE and account.role.startswith("arn:"):
        return account.role
    try:
        return arn_of(account, home.partition)
    except StoreRefusedError as error:
        raise ConfigError([f"targets: {error}"]) from None


def _role_of_any_account(account: Account, home: Home) -> str:
    return f"arn:{home.partition}:iam::*:role/{account.role.partition(':role/')[2] or account.role}"


def _bucket_arn(target: Target, home: Home) -> str:
    return f"arn:{home.partition}:s3:::{target.container}"


def _table_arn(target: Target, home: Home) -> str:
    region = target.region or home.region
    return f"arn:{home.partition}:dynamodb:{region}:{home.account}:table/{target.container}"


def _lock_arns(target: Target, home: Home) -> list[str]:
    """Return one ARN for each prefix."""
    bucket = f"{_bucket_arn(target, home)}/"
    return [f"{bucket}{prefix}*.tflock" for prefix in target.prefixes or ("",)]


def _listed(arns: Iterable[str]) -> str:
    """Return the ARNs sorted, each once: an unchanged configuration is an unchanged stack. ``?`` is any character."""
    return ",".join(sorted({_READ_BY_CLOUDFORMATION.sub("?", arn) for arn in arns}))
