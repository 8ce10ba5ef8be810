"""The parts of a deployed reaper, as its stack tells of them."""

import re

import msgspec

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """A deployed reaper's stack."""

    stack: str
    stage: str
    account: str
    region: str
    partition: str
    outputs: dict[str, str]
    """The stack's outputs, by their keys in ``.chalice/resources.yaml``."""
    parameters: dict[str, str]
    roles: dict[str, str]
    """The name of each function's role, by the function's logical ID: ``ReleaseLock``."""
    functions: dict[str, str]
    """The name of each function, by its logical ID."""

    @property
    def event_queue(self) -> str:
        """Return the ARN of the queue that buckets tell of their locks."""
        return self.outputs["LockEventsQueueArn"]

    def role_arn(self, function: str) -> str:
        """Return the ARN of the role of a function."""
        return f"arn:{self.partition}:iam::{self.account}:role/{self.roles[function]}"

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource in the stack's own account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


def plain(function: str) -> str:
    """Return a function's name as the docs and the logs have it: ``ReleaseLock`` is ``release_lock``."""
    return _WORDS.sub("_", function).lower()
