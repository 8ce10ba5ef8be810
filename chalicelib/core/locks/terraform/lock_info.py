"""Know the lock as Terraform writes it: its JSON, its operations, its key.

Facts are from Terraform's ``internal/states/statemgr/locker.go`` (``LockInfo``) and
``internal/backend/remote-state/s3/client.go``.
"""

from enum import StrEnum

import msgspec

LOCK_SUFFIX = ".tflock"


BODY_LIMIT = 16 * 1024
"""Most bytes of a lock object that are read. Terraform writes about 200."""


_DEFAULT_WORKSPACE_PREFIX = "env:/"


_PLAIN_WORDS = {
    "OperationTypePlan": "plan",
    "OperationTypeApply": "apply or destroy",
    "OperationTypeRefresh": "refresh",
    "OperationTypeInvalid": "import or console",
    "init": "workspace new",
    "workspace-new": "workspace new",
    "state-mv": "state mv",
    "state-rm": "state rm",
    "state-push": "state push",
    "taint": "taint",
    "untaint": "untaint",
    # `workspace delete` uses this name too, in Terraform and OpenTofu (command/workspace_delete.go).
    "state-replace-provider": "workspace delete or state replace-provider",
    "migration source state": "init -migrate-state (old location)",
    "migration destination state": "init -migrate-state (new location)",
}


class Risk(StrEnum):
    """The kinds of harm that the release of a live lock can do. ``reaper.toml`` uses these names for thresholds."""

    PLAN = "plan"
    APPLY = "apply"
    OTHER = "other"


class LockInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """Terraform's ``LockInfo``, as the client wrote it. Nothing in it is authenticated."""

    ID: str = ""
    Operation: str = ""
    Info: str = ""
    Who: str = ""
    Version: str = ""
    Created: str = ""
    Path: str = ""


def risk_of(operation: str) -> Risk:
    """Return the risk of an operation, from Terraform's word for it; "" means an unknown operation."""
    return {"OperationTypePlan": Risk.PLAN, "OperationTypeApply": Risk.APPLY}.get(operation, Risk.OTHER)


def operation_in_words(operation: str) -> str:
    """Return Terraform's operation in plain words; "" for a word that Terraform is not known to write."""
    return _PLAIN_WORDS.get(operation, "")


def workspace_of(state_key: str) -> str:
    """Return the workspace of a state; "" when it cannot be known.

    ``workspace_key_prefix`` can be any text, so only Terraform's default ``env:`` is recognised.
    """
    if not state_key.startswith(_DEFAULT_WORKSPACE_PREFIX):
        return ""
    name, slash, _ = state_key.removeprefix(_DEFAULT_WORKSPACE_PREFIX).partition("/")
    return name if slash else ""
