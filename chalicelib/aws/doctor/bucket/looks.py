"""All looks at one bucket."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from urllib.parse import urlsplit

import msgspec

from chalicelib.aws.doctor.bucket.keys import key_of
from chalicelib.aws.doctor.bucket.listing import debris_in, kept_under
from chalicelib.aws.doctor.bucket.reading import Reading
from chalicelib.aws.doctor.bucket.strangers import reached
from chalicelib.aws.doctor.bucket.trails import trails_of
from chalicelib.aws.doctor.reach import Reach
from chalicelib.core.doctor.bucket import checks
from chalicelib.core.doctor.bucket.conditional import conditions
from chalicelib.core.doctor.bucket.guards.access_log import logged_to, trailed
from chalicelib.core.doctor.bucket.guards.encryption import default_of, encryption
from chalicelib.core.doctor.bucket.guards.keys import key_use, no_key
from chalicelib.core.doctor.bucket.guards.public import public_access
from chalicelib.core.doctor.bucket.guards.versioning import is_versioned, versioning
from chalicelib.core.doctor.bucket.policy.judging import for_reaper, for_terraform
from chalicelib.core.doctor.bucket.policy.mending import Requests
from chalicelib.core.doctor.bucket.policy.requests import of_roles, of_terraform
from chalicelib.core.doctor.bucket.policy.statements import Policy, policy_of
from chalicelib.core.doctor.bucket.policy.transport import plain_http
from chalicelib.core.doctor.bucket.roles import callers
from chalicelib.core.doctor.bucket.rules.debris import debris
from chalicelib.core.doctor.bucket.rules.expiration import Kept, expiration, taking, without_expiration
from chalicelib.core.doctor.bucket.rules.object_lock import object_lock
from chalicelib.core.doctor.bucket.rules.replication import replication
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.ports.doctor import Look, NotKnownError


def bucket_looks(bucket: str, prefixes: tuple[str, ...], reach: Reach, parts: Parts | None) -> dict[str, Look]:
    """Return the looks at a bucket, by their checks. ``parts`` are the deployed reaper's; None: there is none."""
    looks = _Looks(Reading(bucket, prefixes, reach), reach, parts)
    return {
        checks.VERSIONING: lambda: [versioning(looks.bucket, looks.read.versioning)],
        checks.ENCRYPTION: lambda: [encryption(looks.bucket, looks.read.encryption)],
        checks.KEY: looks.key,
        checks.PUBLIC: lambda: [public_access(looks.bucket, reached(looks.read.client, bucket, reach))],
        checks.PLAIN_HTTP: lambda: [plain_http(looks.bucket, looks.policy, looks.requests)],
        checks.ACCESS_LOG: looks.access_log,
        checks.TERRAFORM: lambda: for_terraform(looks.bucket, looks.policy, looks.requests),
        **({checks.REAPER: lambda: for_reaper(looks.bucket, looks.policy, looks.requests)} if parts else {}),
        checks.OBJECT_LOCK: lambda: [object_lock(looks.bucket, looks.read.object_lock)],
        checks.EXPIRATION: lambda: expiration(looks.bucket, looks.read.lifecycle, looks.kept),
        checks.DEBRIS: looks.debris,
        checks.REPLICATION: lambda: [replication(looks.bucket, looks.read.replication)],
        checks.CONDITIONS: looks.conditions,
    }


class _Looks:
    """The looks that take more than one answer."""

    def __init__(self, read: Reading, reach: Reach, parts: Parts | None) -> None:
        self.read, self._reach, self._parts = read, reach, parts
        self.bucket = read.unplaced

    def kept(self, prefix: str) -> Kept:
        """Return whether locks or states are kept under a prefix."""
        return kept_under(self.read.client, self.bucket.name, prefix)

    def key(self) -> Iterable[Finding]:
        """Look at the key, where the default encryption has one."""
        if given := default_of(self.read.encryption).get("KMSMasterKeyID"):
            key = key_of(given, self._reach, self.read.region)
            return [key_use(self._placed, key, self._parts)]
        return [no_key(self.bucket)]

    @property
    def _placed(self) -> StateBucket:
        return msgspec.structs.replace(self.bucket, region=self.read.region)

    @cached_property
    def policy(self) -> Policy:
        """Return the bucket's policy."""
        try:
            return policy_of(self.read.policy)
        except ValueError as error:
            raise NotKnownError(f"the bucket policy cannot be read: {error}") from error

    @cached_property
    def requests(self) -> Requests:
        """Return what no policy should deny: what Terraform asks, and what the deployed reaper's roles do."""
        versioned = is_versioned(self.read.versioning)
        roles = callers(self._parts, self._reach.account) if self._parts else []
        return Requests(
            tuple(of_terraform(self.bucket, versioned=versioned, ours=tuple(one.arn for _, one in roles))),
            tuple(of_roles(self.bucket, roles, versioned=versioned)),
        )

    def access_log(self) -> Iterator[Finding]:
        """Look for an access log, and only without one for trails."""
        if found := logged_to(self.bucket, self.read.logging):
            yield found
        else:
            yield trailed(self._placed, trails_of(self._reach, self.read.region))

    def debris(self) -> Iterable[Finding]:
        """Look for debris, where no rule removes it."""
        rules = self.read.lifecycle.get("Rules", [])
        return [
            debris(
                self.bucket,
                self.read.versioning,
                self.read.lifecycle,
                lambda: without_expiration(rules, taking(self.bucket, rules, self.kept)),
                lambda: debris_in(self.read.client, self.bucket),
            )
        ]

    def conditions(self) -> Iterable[Finding]:
        """Look where the bucket is, and by which endpoint it is reached."""
        _ = self.read.region  # a bucket that is not there honours nothing
        return [conditions(self.bucket, urlsplit(self.read.client.meta.endpoint_url).hostname or "")]
