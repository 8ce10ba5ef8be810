"""Read AWS accounts, and the roles by which the reaper gets into them, from a TOML table."""

import re

from chalicelib.config.toml_table import Table
from chalicelib.core.locks.account import HOME, Account

DEFAULT_ROLE = "tflock-reaper-member"
"""The role that ``deploy/member-role.yaml`` makes."""
_ID = re.compile(r"[0-9]{12}")
_NAME = r"([a-zA-Z0-9_+=,.@-]+/)*[a-zA-Z0-9_+=,.@-]{1,64}"
_ROLE = re.compile(_NAME)
_IN_ACCOUNT = rf"arn:aws[a-z-]*:iam::(?P<account>[0-9]{{12}}):role/{_NAME}"
_ARN = re.compile(_IN_ACCOUNT)
_ROLE_OR_ARN = re.compile(rf"{_IN_ACCOUNT}|{_NAME}")
# ExternalId in docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html.
_EXTERNAL_ID = re.compile(r"[a-zA-Z0-9_+=,.@:/-]{2,1224}")
_A_ROLE = "the name of an IAM role, with its path if it has one, like tflock-reaper-member"
_AN_EXTERNAL_ID = (
    "the ExternalId that the role's trust policy asks for, 2 to 1224 characters of a-z, A-Z, 0-9 and _+=,.@:/-"
)
_HERE_OR_FOR_ALL = f"{_AN_EXTERNAL_ID}; in [accounts] for all roles, or here for this one"


def read_member(table: Table) -> Account:
    """Read ``[accounts]``: the role and the ExternalId of every account that names none of its own."""
    role = table.text("role", _ROLE, f"{_A_ROLE}; an ARN belongs into a target", DEFAULT_ROLE)
    external_id = table.text("external_id", _EXTERNAL_ID, _AN_EXTERNAL_ID, "")
    table.done()
    return Account(role=role, external_id=external_id)


def read_account(table: Table, member: Account) -> Account:
    """Read the keys ``account``, ``role`` and ``external_id`` of a table; with none of them: the stack's account.

    ``member`` has the ExternalId for a table without one. A role is only given if the table names one: the account may
    be that of the stack, which needs none (``Account.at_home``).
    """
    named = table.text("account", _ID, 'the 12 digits of an account\'s ID in quotes, like "111122223333"', "")
    account = with_role(table, Account(named), member)
    if account.role and not account.id:
        table.note("role", "the role's ARN, or beside the role's name a key account with the ID of its account")
    return account


def with_role(table: Table, account: Account, member: Account) -> Account:
    """Return an account with the keys ``role`` and ``external_id`` of a table; note what disagrees or is missing."""
    role = table.text("role", _ROLE_OR_ARN, f"{_A_ROLE}, or its ARN", "")
    arn = _ROLE_OR_ARN.fullmatch(role)
    of = arn["account"] if arn else None
    if of and account.id and of != account.id:
        table.note("role", f"a role of account {account.id}; this is a role of account {of}")
    account = Account(
        of or account.id, account.name, role, table.text("external_id", _EXTERNAL_ID, _HERE_OR_FOR_ALL, "")
    )
    if (account.id or account.role) and not (account.external_id or member.external_id):
        table.note("external_id", _HERE_OR_FOR_ALL)
    return account


def read_roles(table: Table, member: Account, *, elsewhere: bool) -> Account:
    """Read the role and the ExternalId of all accounts of a target rule; ``elsewhere``: it names some.

    A role's name, not its ARN, because each of the accounts has its own.
    """
    for key in ("role", "external_id"):
        if key in table and not elsewhere:
            table.note(key, "only in a rule with accounts or units: the stack's own account needs no role")
    role = table.text("role", _ROLE, f"{_A_ROLE}, not an ARN: each account has its own", "")
    required = elsewhere and not member.external_id
    return Account(
        role=role, external_id=table.text("external_id", _EXTERNAL_ID, _HERE_OR_FOR_ALL, None if required else "")
    )


def read_role(table: Table, key: str, external_id: str) -> Account:
    """Read the ARN of a role."""
    arn = table.text(
        key, _ARN, "the ARN of an IAM role, like arn:aws:iam::111122223333:role/tflock-reaper-organization"
    )
    named = _ARN.fullmatch(arn)
    return Account(named["account"], role=arn, external_id=external_id) if named else HOME


def ids(table: Table, key: str) -> tuple[str, ...]:
    """Read a list of account IDs; return none where the key is missing."""
    return table.texts(key, _ID, 'a list of account IDs of 12 digits in quotes, like ["111122223333"]', ())
