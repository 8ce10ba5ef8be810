"""Decide which other accounts may send lock events to a stack (docs/operating.md, "Events from elsewhere")."""

from collections.abc import Mapping

from chalicelib.core.policy import Rules

MOST_BY_NAME = 50
"""The queue's policy has each account twice, and SQS takes 8,192 bytes:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html"""


def event_accounts(rules: Rules, given: Mapping[str, str]) -> str:
    """Return the accounts that may send by name: those that the rules name, unless the organisation or too many may."""
    accounts = _named(rules)
    return "" if "OrganizationId" in given or len(accounts) > MOST_BY_NAME else ",".join(sorted(accounts))


def remarks(rules: Rules, values: Mapping[str, str]) -> list[str]:
    """Return a line where accounts of the targets may not send lock events; their locks are found all the same."""
    if values.get("OrganizationId"):
        return []
    units = any(rule.units for rule in rules.discoveries)
    left_out = ["the accounts of organisation units"] if units else []
    left_out += [] if values["EventAccounts"] or not _named(rules) else ["the other accounts of reaper.toml"]
    if not left_out:
        return []
    way = 'PARAMETERS="OrganizationId=o-..." lets in all of an organisation, EventAccounts=... single ones'
    return [f"events: {' and '.join(left_out)} may not send lock events to this stack; {way}"]


def _named(rules: Rules) -> set[str]:
    accounts = [target.account for target in rules.targets]
    accounts += [account for rule in rules.discoveries for account in rule.accounts]
    return {account.id for account in accounts} - {"", rules.home.id}
