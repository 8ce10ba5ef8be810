"""Read names and IDs of AWS and Slack from a TOML table, and note each that is not well-formed."""

import re

from chalicelib.config.toml_table import Table

_BUCKET = re.compile(r"(?![0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_TABLE = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_STREAM = re.compile(r"arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]{12}:table/(?P<table>[^/:]+)/stream/[0-9T:.-]+")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
# http is allowed only to this machine, because the bot token goes to this URL.
_URL = re.compile(r"(https://[^\s/]+|http://(127\.0\.0\.1|localhost)(:[0-9]+)?)/(\S*/)?")
# Slack's own pages sometimes call the ID of an organisation a team ID.
_MISPLACED_IDS = {
    "T": ", of one workspace; the ID of an Enterprise Grid organisation (E...) belongs into enterprise_id",
    "E": ", of an Enterprise Grid organisation; without one leave the key out",
}
_PREFIX = re.compile(r"[^/*?$\x00-\x1f\u0100-\U0010ffff][^*?$\x00-\x1f\u0100-\U0010ffff]*")
_ANY_TEXT = re.compile(r".+", re.DOTALL)


def bucket(table: Table, key: str) -> str:
    """Read the name of an S3 bucket (docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html)."""
    return table.text(key, _BUCKET, "the name of an S3 bucket")


def lock_table(table: Table, key: str) -> str:
    """Read the name of a lock table (TableName in DynamoDB's CreateTable)."""
    return table.text(key, _TABLE, "the name of a DynamoDB table, 3 to 255 characters of a-z, A-Z, 0-9, _, . and -")


def stream(table: Table, key: str, of: str) -> str:
    """Read the ARN of a table's stream; return "" where the key is missing."""
    expected = (
        "the ARN of this table's stream, like arn:aws:dynamodb:eu-central-1:123456789012:table/"
        f"{of or 'terraform-locks'}/stream/2026-11-21T03:18:57.000 (`aws dynamodb describe-table`, LatestStreamArn)"
    )
    arn = table.text(key, _STREAM, expected, "")
    named = _STREAM.fullmatch(arn)
    if named and of and named["table"] != of:
        table.note(key, f"the stream of table {of}; this is the stream of table {named['table']}")
    return arn


def region(table: Table, key: str) -> str | None:
    """Read an AWS region; return None where the key is missing."""
    return table.text(key, REGION, "an AWS region like eu-central-1") if key in table else None


def prefixes(table: Table, key: str) -> tuple[str, ...]:
    """Read key prefixes.

    They become IAM resources, so they can have only Latin-1 letters, and no ``*``, ``?`` or ``$``, which have a meaning
    there. Terraform takes no state key that begins with a slash (``internal/backend/remote-state/s3/backend.go``).
    """
    expected = (
        'a list of key prefixes like ["team-a/"], not beginning with / and without * ? $ or letters beyond '
        "Latin-1; leave it out for the whole bucket"
    )
    return table.texts(key, _PREFIX, expected, ())


def state_paths(table: Table, key: str, fallback: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Read patterns over state paths."""
    expected = (
        'a list of state paths like ["acme-tfstate/team-a/*"], where * is any text and ? one character; with accounts, '
        "it may be left out"
    )
    return table.texts(key, _ANY_TEXT, expected, fallback)


def account_patterns(table: Table, key: str, fallback: tuple[str, ...]) -> tuple[str, ...]:
    """Read patterns over the IDs and the names of accounts."""
    expected = (
        'a list of account IDs in quotes or account names like ["111122223333", "prod-*"], where * is any text and ? '
        "one character"
    )
    return table.texts(key, _ANY_TEXT, expected, fallback)


def slack_id(table: Table, key: str, letter: str) -> str:
    """Read a Slack ID that begins with ``letter``."""
    expected = f"a Slack ID like {letter}0123ABCD{_MISPLACED_IDS.get(letter, '')}"
    return table.text(key, re.compile(letter + r"[A-Z0-9]{2,}"), expected)


def api_url(table: Table, key: str, default: str) -> str:
    """Read the base URL of an API; it ends with a slash."""
    return table.text(key, _URL, "an https URL that ends with a slash", default)


def one_of(table: Table, key: str, words: tuple[str, ...], fallback: str) -> str:
    """Read one of some words."""
    expected = " or ".join(f'"{word}"' for word in words)
    return table.text(key, re.compile("|".join(words)), expected, fallback)
