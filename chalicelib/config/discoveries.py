"""Read ``[[discover]]``: the target rules, each of which names many buckets or lock tables at once."""

import re
from collections.abc import Sequence

from chalicelib.config import names
from chalicelib.config.accounts import ids, read_role, read_roles
from chalicelib.config.toml_table import Problems, Table
from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import TRAITS, Kind

_KEYS = {Kind.S3: "buckets", Kind.DYNAMODB: "tables"}
_NAMES = {
    Kind.S3: re.compile(r"[a-z0-9.*?-]{1,63}"),
    Kind.DYNAMODB: re.compile(r"[a-zA-Z0-9_.*?-]{1,255}"),
}
_EXAMPLES = {Kind.S3: "*-tfstate", Kind.DYNAMODB: "terraform-locks*"}
_NOTES = {Kind.S3: " (no bucket has capital letters)", Kind.DYNAMODB: ""}
# docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html, ParentId
_UNIT = re.compile(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}")
# docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_TagFilter.html
_LONGEST_TAG, _LONGEST_TAG_VALUE, _MOST_TAGS = 128, 256, 50


def read_discoveries(tables: Sequence[Table], member: Account, problems: Problems) -> tuple[Discovery, ...]:
    """Read all target rules, and note each that is there twice. ``member`` is as for ``read_account``."""
    rules = tuple(_discovery(table, member) for table in tables)
    for index, rule in enumerate(rules):
        if rule in rules[:index]:
            first = rules.index(rule)
            problems.note(f"discover[{index}]", rule.called, f"each rule once; this one is discover[{first}] again")
    return rules


def _discovery(table: Table, member: Account) -> Discovery:
    kind = _kind(table)
    accounts, units = _each_once(table, "accounts", ids(table, "accounts")), _units(table)
    role = read_roles(table, member, elsewhere=bool(accounts or units))
    rule = Discovery(
        kind=kind,
        names=_patterns(table, kind),
        tags=_tags(table),
        accounts=tuple(Account(id=account, role=role.role, external_id=role.external_id) for account in accounts),
        units=units,
        member=role if units else HOME,
        organization=_organization(table, units, role.external_id),
        regions=_once(table, "regions", names.REGION, "AWS regions like eu-central-1"),
        prefixes=_prefixes(table, kind),
        debris=_debris(table, kind),
    )
    table.done()
    return rule


def _kind(table: Table) -> Kind:
    """Return the kind of the containers that the rule names."""
    kinds = [kind for kind, key in _KEYS.items() if key in table]
    if not kinds:
        table.note(_KEYS[Kind.S3], f"{_expected(Kind.S3)}; or tables, likewise")
    for other in kinds[1:]:
        table.note(_KEYS[other], "a rule of its own: [[discover]] has buckets or tables")
    return kinds[0] if kinds else Kind.S3


def _patterns(table: Table, kind: Kind) -> tuple[str, ...]:
    key = _KEYS[kind]
    return _once(table, key, _NAMES[kind], _expected(kind)) if key in table else ()


def _expected(kind: Kind) -> str:
    noun = TRAITS[kind].container
    return f'patterns of {noun} names like ["{_EXAMPLES[kind]}"]{_NOTES[kind]}, where * is any text and ? one character'


def _prefixes(table: Table, kind: Kind) -> tuple[str, ...]:
    if kind is Kind.S3:
        return names.prefixes(table, "prefixes")
    if "prefixes" in table:
        table.note("prefixes", "only in a rule with buckets, not with tables")
    return ()


def _debris(table: Table, kind: Kind) -> bool:
    if kind is Kind.S3:
        return table.flag("debris", fallback=False)
    if "debris" in table:
        table.note("debris", "only in a rule with buckets, not with tables")
    return False


def _tags(table: Table) -> dict[str, str]:
    """Read the tags, each with a pattern of its value."""
    if "tags" not in table:
        return {}
    wanted = table.table("tags", 'tags like { purpose = "terraform-state" }')
    if isinstance(table.get("tags"), dict) and not 1 <= len(list(wanted)) <= _MOST_TAGS:
        table.note("tags", f"1 to {_MOST_TAGS} tags; leave the key out to find untagged ones too")
    return {key: _tag(wanted, key) for key in wanted}


def _tag(wanted: Table, key: str) -> str:
    value = wanted.get(key)
    if isinstance(value, str) and len(value) <= _LONGEST_TAG_VALUE and 1 <= len(key) <= _LONGEST_TAG:
        return value
    wanted.note(
        key,
        f"the value of a tag, a text of up to {_LONGEST_TAG_VALUE} characters where * is any text "
        f"(the tag's name has 1 to {_LONGEST_TAG})",
    )
    return ""


def _units(table: Table) -> tuple[str, ...]:
    expected = "roots (r-ab12: the whole organisation) or organisational units (ou-ab12-cdefgh34) of AWS Organizations"
    return _once(table, "units", _UNIT, expected)


def _organization(table: Table, units: tuple[str, ...], external_id: str) -> Account:
    """Read which account is asked about the organisation: only its management account or a delegate may ask."""
    key = "organization_role"
    if key not in table:
        return HOME
    if not units:
        table.note(key, "only in a rule with units: nothing else asks AWS Organizations")
    return read_role(table, key, external_id)


def _once(table: Table, key: str, form: re.Pattern[str], expected: str) -> tuple[str, ...]:
    """Read a list that has each text once; a missing one is empty."""
    return _each_once(table, key, table.texts(key, form, f"a list of {expected}", ()))


def _each_once(table: Table, key: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in dict.fromkeys(text for index, text in enumerate(texts) if text in texts[:index]):
        table.note(key, f"{text} once")
    return texts
