"""What a deployed reaper sweeps: the targets that its configuration names, and those that its target rules found."""

from datetime import UTC, datetime

import msgspec

from chalicelib.aws.book.target_book import DynamoTargetBook
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.core.targets.remembered import Container, by_rule, targets_of
from chalicelib.ports.book import BookError
from tflocks.live.aws import Aws

NAMED = "reaper.toml"
"""Written in the place of a target rule, for a target that the configuration names."""


class KnownTarget(msgspec.Struct, frozen=True):
    """A target of a deployed reaper."""

    target: Target
    account: Account
    region: str
    """"": S3 finds the bucket by itself."""
    rule: str
    """The target rule that found it, as people wrote it."""


def with_found(rules: Rules, book: str, aws: Aws) -> tuple[Rules, str]:
    """Return the rules with the targets that their target rules found, and why these could not be read."""
    if not rules.discoveries:
        return rules, ""
    containers, gap = found(rules, book, aws)
    targets = targets_of(containers, rules.discoveries)
    return rules.at_home(rules.home.id, rules.home_region, targets), gap


def found(rules: Rules, book: str, aws: Aws) -> tuple[tuple[Container, ...], str]:
    """Return what the target rules found last, and why it could not be read."""
    if not rules.discoveries:
        return (), ""
    try:
        remembered = DynamoTargetBook(aws.table(book), lambda: datetime.now(UTC)).remembered()
    except BookError as error:
        return (), f"what the target rules found is not known: {error}"
    if remembered is None:
        return (), "the target rules have not looked yet: they do every night"
    return remembered.containers, ""


def known_targets(rules: Rules, containers: tuple[Container, ...]) -> list[KnownTarget]:
    """Return all targets, those that the configuration names first. ``rules`` is without those that were found."""
    whole = rules.at_home(rules.home.id, rules.home_region, targets_of(containers, rules.discoveries))
    assigned = by_rule(containers, rules.discoveries)
    words = {one.home: rule.called for rule in rules.discoveries for one in assigned[rule.key]}
    named = {target.home for target in rules.targets}
    finders = {target.home: words.get(_home(target, whole), "") for target in whole.targets}
    return [
        KnownTarget(
            target,
            whole.account_of(target.place("")),
            target.region or ("" if target.home in named else whole.home_region),
            NAMED if target.home in named else finders[target.home],
        )
        for target in whole.targets
    ]


def _home(target: Target, rules: Rules) -> str:
    """Return the home of a target's container as it was remembered, with its region."""
    return Container(target.kind, target.container, target.region or rules.home_region, target.account.id).home
