"""Judge whether the reaper's roles may use the KMS key of a bucket."""

from collections.abc import Iterator

import msgspec

from chalicelib.core.doctor.bucket.checks import KEY
from chalicelib.core.doctor.bucket.guards import key_fixes as fixes
from chalicelib.core.doctor.bucket.policy.answer import Answer, any_of, is_so
from chalicelib.core.doctor.bucket.policy.patterns import contains, tokens
from chalicelib.core.doctor.bucket.policy.principals import without_accounts
from chalicelib.core.doctor.bucket.policy.requests import Request, in_words, of_key
from chalicelib.core.doctor.bucket.policy.statements import Policy, denies, meets
from chalicelib.core.doctor.bucket.roles import callers
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Colour, Finding, Fix
from chalicelib.core.doctor.parts import Parts


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key, as KMS tells of it."""

    arn: str
    state: str
    is_awss: bool = False
    """Whether AWS manages it; all who may use the bucket may use it."""
    policy: Policy


class _Trouble(msgspec.Struct, frozen=True):
    """Why roles cannot use the key."""

    says: str
    fix: Fix
    colour: Colour = Colour.RED


def no_key(bucket: StateBucket) -> Finding:
    """Return the finding of a bucket that no key of one's own encrypts."""
    return bucket.green(KEY, "no KMS key of your own is needed")


def key_use(bucket: StateBucket, key: Key, parts: Parts | None) -> Finding:
    """Judge a key. Without a deployed reaper, only whether it is enabled."""
    if key.state != "Enabled":
        return bucket.red(
            KEY, f"{key.arn} is {key.state}: nobody can read states or locks", fixes.enabled(key.arn, key.state)
        )
    if key.is_awss:
        return no_key(bucket)
    if parts is None:
        return bucket.green(KEY, f"{key.arn} is enabled")
    if bucket.account != parts.account:
        return bucket.grey(
            KEY,
            f"the member role reads here: look whether DecryptKeyArns of its own stack names {key.arn}",
        )
    trouble = next(_troubles(bucket, key, parts), None)
    if trouble is None:
        return bucket.green(KEY, f"the reaper's roles may use {key.arn}")
    return Finding(check=KEY, subject=bucket.subject, colour=trouble.colour, seen=trouble.says, fix=trouble.fix)


def _troubles(bucket: StateBucket, key: Key, parts: Parts) -> Iterator[_Trouble]:
    """Yield what keeps roles from the key, the worst first. A mended key policy leaves none of the others."""
    asked = list(of_key(bucket, key.arn, callers(parts, parts.account)))
    names = {answer: [one for one in asked if _denied(key.policy, one) is answer] for answer in Answer}
    without = [one for one in asked if _allowed(key, one, parts) is Answer.NO]
    if names[Answer.YES]:
        said = f"the policy of {key.arn} denies {in_words(names[Answer.YES])}"
        yield _Trouble(said, fixes.let_in(key.arn, key.policy, names[Answer.YES]))
    if without and _is_left_to_iam(key, without) and _account(key.arn) == parts.account:
        yield _Trouble(f"DecryptKeyArns of {parts.stack} does not name {key.arn}", fixes.named(key.arn, parts))
    elif without:
        yield _Trouble(
            f"nothing allows {in_words(without)} on {key.arn}", fixes.allowed(key.arn, key.policy, without, parts)
        )
    unsure = names[Answer.MAYBE] + [one for one in asked if _allowed(key, one, parts) is Answer.MAYBE]
    if unsure:
        said = (
            f"the policy of {key.arn} may deny {in_words(unsure)}: it has a condition that cannot be judged from here"
        )
        yield _Trouble(said, fixes.allowed(key.arn, key.policy, unsure, parts), Colour.YELLOW)


def _denied(policy: Policy, request: Request) -> Answer:
    return any_of(denies(policy, one, request) for one in policy.statements)


def _allowed(key: Key, request: Request, parts: Parts) -> Answer:
    """Return whether the key's policy lets a role in, by itself or by its account while DecryptKeyArns has the key."""
    named = is_so(is_named(key.arn, parts))
    if _account(key.arn) != parts.account:  # KMS asks both policies
        return min(named, _lets(key.policy, request, itself=False))
    return max(_lets(key.policy, request, itself=True), min(named, _lets(key.policy, request, itself=False)))


def _lets(policy: Policy, request: Request, *, itself: bool) -> Answer:
    allows = (one for one in policy.statements if one.get("Effect") == "Allow")
    return any_of(meets(policy, without_accounts(one) if itself else one, request) for one in allows)


def _is_left_to_iam(key: Key, requests: list[Request]) -> bool:
    return all(_lets(key.policy, one, itself=False) is Answer.YES for one in requests)


def is_named(arn: str, parts: Parts) -> bool:
    """Return whether the stack's parameter DecryptKeyArns covers a key."""
    named = parts.parameters.get("DecryptKeyArns", "").split(",")
    return any(contains(tokens(one.strip()), arn) for one in named if one.strip())


def _account(arn: str) -> str:
    return (arn.split(":") + [""] * 5)[4]
