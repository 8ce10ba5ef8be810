"""Say whether a bucket or a table can be looked at, and what to do where it cannot."""

from shlex import quote

from chalicelib.core.doctor.finding import Finding, Fix, green, grey, red
from chalicelib.core.doctor.reach.checks import SUBJECT
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target

_LOCK_TABLE = [{"AttributeName": "LockID", "KeyType": "HASH"}]
_CHECK_NAME = (
    "Check the name and whose credentials these are (`--profile`). If the {kind} is gone for good, take it out of "
    "reaper.toml and `make deploy`; if it was deleted by mistake, create it again under this name."
)


def there(subject: str, where: str) -> Finding:
    """Return that a bucket or a table is there."""
    return green(SUBJECT.id, subject, f"it is there, in {where}")


def not_there(target: Target, where: str) -> Finding:
    """Return that there is no such bucket or table."""
    kind = "table" if target.kind is Kind.DYNAMODB else "bucket"
    return red(SUBJECT.id, target.called, f"there is no such {kind}{where}", Fix(do=_CHECK_NAME.format(kind=kind)))


def no_lock_table(target: Target, keys: object) -> Finding | None:
    """Return that a table cannot hold locks, by its key schema; None: it can."""
    if keys == _LOCK_TABLE:
        return None
    fix = Fix(
        do=f"Check the name {target.container}: the table that `dynamodb_table` of a backend names has the one key "
        "LockID. Correct the name in reaper.toml and `make deploy`."
    )
    return red(SUBJECT.id, target.called, "it is no lock table: its key is not LockID", fix)


def elsewhere(target: Target, account: Account, own: str) -> Finding:
    """Return that a target is in another account than the operator's credentials, and the command that looks at it."""
    command = f"tflocks doctor {named(target)} --profile PROFILE --reaper-profile REAPER_PROFILE"
    where = f"it is in account {account.called}, and your credentials are of {own}"
    return grey(SUBJECT.id, target.called, f"{where}: {command}")


def named(target: Target) -> str:
    """Return how a command line names a target."""
    if target.kind is Kind.DYNAMODB:
        return f"--table {quote(target.container)}" + (f" --region {target.region}" if target.region else "")
    return " ".join(quote(f"{target.container}/{prefix}") for prefix in target.prefixes) or quote(target.container)
