"""Member roles: their ARNs, and what it means when one cannot be assumed."""

from botocore.exceptions import ClientError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.aws.locks.sent_once import code_of
from chalicelib.core.locks.account import Account
from chalicelib.ports.locks import StoreError, StoreRefusedError

TOO_LONG = "PackedPolicyTooLarge"
"""STS's code for a session policy that is short enough as text, and too long in STS's own form."""
_MEANINGS = {
    "AccessDenied": (
        "STS denies the role {arn}. Look there: is there a role of this name; does its trust policy name the "
        "reaper's account and stage; is its ExternalId the external_id of reaper.toml? If all three are right, deploy "
        "the reaper again, so that its own roles name this one (docs/operating.md, Other accounts)"
    ),
    "RegionDisabledException": "STS is switched off in the stack's region for the role {arn}: the administrator of its "
    "account can switch it on (IAM, Account settings)",
    "ValidationError": "STS takes the role {arn} or its external_id for malformed: see [accounts] and the target in "
    "reaper.toml",
    "MalformedPolicyDocument": "STS does not take the policy of a session of the role {arn}, which is a mistake of the "
    "reaper itself: please report it",
}
"""What STS's codes mean, with the cause and the role first, because a message may have to be cut."""


def arn_of(account: Account, partition: str) -> str:
    """Return the ARN of an account's member role.

    Raises:
        StoreRefusedError: the role is in another partition, whose accounts cannot be entered from here.
    """
    if not account.role.startswith("arn:"):
        return f"arn:{partition}:iam::{account.id}:role/{account.role}"
    named = account.role.split(":")[1]
    if named != partition:
        raise StoreRefusedError(
            f"the role {account.role} is in the partition {named}, and the reaper is in {partition}: no session leads "
            "from one into another; deploy a reaper there"
        )
    return account.role


def not_entered(arn: str, error: Exception) -> StoreError:
    """Return the failure to assume a role as the port's."""
    if isinstance(error, ClientError) and code_of(error) in _MEANINGS:
        return StoreRefusedError(_MEANINGS[code_of(error)].format(arn=arn))
    return StoreError(f"{in_words('STS', error)}; it was asked for the role {arn}")
