"""The reaper's roles that meet a bucket."""

from chalicelib.core.doctor.bucket.policy.principals import Caller
from chalicelib.core.doctor.bucket.policy.requests import FUNCTIONS
from chalicelib.core.doctor.parts import Parts, plain


def callers(parts: Parts, account: str) -> list[tuple[str, Caller]]:
    """Return the roles by their functions; in another account than the stack's, the member role, which does all."""
    if account != parts.account:
        return [("", Caller(f"the reaper's member role in {account}", account))]
    ours = [name for name in FUNCTIONS if name in parts.roles]
    return [(name, Caller(f"the reaper's {plain(name)}", parts.account, parts.role_arn(name))) for name in ours]
