"""Judge whether strangers can reach a bucket."""

from collections.abc import Mapping
from typing import Any

import msgspec

from chalicelib.core.doctor.bucket.checks import PUBLIC
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Finding, Fix
from chalicelib.core.doctor.pasted import hcl
from chalicelib.core.doctor.pasted.shell import aws

SWITCHES = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_EVERYBODY = ("/global/AllUsers", "/global/AuthenticatedUsers")
"""The ends of the URIs of the two groups that are everybody, and everybody with any AWS account."""


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of public access, and against it."""

    bucket: Mapping[str, Any]
    """The bucket's own block; empty: none."""
    account: Mapping[str, Any] | None = {}
    """The account's block; None: not known."""
    unknown: tuple[tuple[str, str], ...] = ()
    """What could not be read: the right and what AWS said."""
    policy: bool | None = None
    """Whether the bucket policy is public; None: not asked, or not known."""
    grants: tuple[Mapping[str, Any], ...] | None = None
    """The grants of the ACL; None: not asked, or not known."""

    def on(self, switch: str) -> bool:
        """Return whether a switch is on, for the bucket or for its account."""
        return bool(self.bucket.get(switch) or (self.account or {}).get(switch))


def is_blocked(bucket: Mapping[str, Any], account: Mapping[str, Any] | None = None) -> bool:
    """Return whether all switches are on."""
    return all(Reached(bucket=bucket, account=account).on(switch) for switch in SWITCHES)


def public_access(bucket: StateBucket, reached: Reached) -> Finding:
    """Judge what is known of public access."""
    off = [switch for switch in SWITCHES if not reached.on(switch)]
    if not off:
        where = "for the bucket" if is_blocked(reached.bucket) else "for the account"
        return bucket.green(PUBLIC, f"public access is blocked {where}")
    if ways := _ways(reached):
        return bucket.red(PUBLIC, f"the bucket is public: {' and '.join(ways)}", _fix(bucket), data={"off": off})
    if reached.unknown:
        right, said = reached.unknown[0]
        return bucket.grey(PUBLIC, f"{', '.join(off)}: off for the bucket; the rest is not known: {said}", right)
    return bucket.yellow(
        PUBLIC, f"not public now, but nothing keeps it from being made public: {', '.join(off)} off", _fix(bucket)
    )


def _ways(reached: Reached) -> list[str]:
    public = [grant for grant in reached.grants or () if _is_everybody(grant)]
    ways = ["its policy lets everybody in"] if reached.policy and not reached.on("RestrictPublicBuckets") else []
    rights = sorted({str(grant.get("Permission")) for grant in public})
    return ways + ([f"its ACL gives everybody {', '.join(rights)}"] if public and not reached.on(SWITCHES[1]) else [])


def _is_everybody(grant: Mapping[str, Any]) -> bool:
    return str(grant.get("Grantee", {}).get("URI", "")).endswith(_EVERYBODY)


def _fix(bucket: StateBucket) -> Fix:
    switches = dict.fromkeys(SWITCHES, True)
    return Fix(
        do=f"Turn all four switches of the public access block on for {bucket.name}.",
        cli=aws("s3api", "put-public-access-block", bucket=bucket.name, public_access_block_configuration=switches),
        hcl=hcl.resource(
            "aws_s3_bucket_public_access_block",
            bucket.name,
            {"bucket": bucket.name} | {hcl.snake(switch): True for switch in SWITCHES},
        ),
    )
