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
        "STS denies it. Look at three things in that account: there is a role of this name; its trust policy names the "
        "reaper's account and roles; its ExternalId is the external_id of reaper.toml. If all three are right, deploy "
        "again, so that the reaper's own roles name it"
    ),
    "RegionDisabledException": "STS is switched off in the region of the stack: that account's administrator can "
    "switch it on (IAM, Account settings)",
    "ValidationError": "STS takes the role's ARN or the external_id for malformed: see [accounts] and the targets",
    "MalformedPolicyDocument": "STS does not take the session's policy, which is the reaper's mistake",
}


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


def not_entered(account: Account, arn: str, error: Exception) -> StoreError:
    """Return the failure to assume a role as the port's."""
    what = f"entering account {account.called} by the role {arn}"
    if isinstance(error, ClientError) and code_of(error) in _MEANINGS:
        return StoreRefusedError(f"{what}: {_MEANINGS[code_of(error)]}")
    return StoreError(f"{what}: {in_words('STS', error)}")
