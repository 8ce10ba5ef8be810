"""Tell from a lock whether its operation writes the state."""

from enum import StrEnum

from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.terraform.lock_info import Risk

_IMPORT_OR_CONSOLE = "OperationTypeInvalid"
"""Terraform gives `import` and `console` no operation type of their own (internal/command/import.go, console.go)."""


class Writing(StrEnum):
    """The answers to the question whether an operation writes the state."""

    NEVER = "a plan"
    AS_IT_GOES = "an apply or destroy, which writes while it runs"
    YES = "another operation that is known to write"
    IMPORT_ONLY = "an import, which writes, or a console, which does not"
    UNKNOWN = "nobody can say: the lock does not tell, or tells nothing that Terraform writes"


def writing(lock: HeldLock) -> Writing:
    """Return whether the holder's operation writes the state."""
    if lock.info and lock.info.Operation == _IMPORT_OR_CONSOLE:
        return Writing.IMPORT_ONLY
    if lock.risk is not Risk.OTHER:
        return Writing.NEVER if lock.risk is Risk.PLAN else Writing.AS_IT_GOES
    return Writing.YES if lock.operation else Writing.UNKNOWN
