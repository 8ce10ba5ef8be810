"""What was seen: kept as JSON beside this module, so that the docs and the tests speak of the same."""

import re
from pathlib import Path

import msgspec

RECORD = Path(__file__).with_name("record.json")
# Words that differ each time: of one request, or of the lock that is shown after the reason.
_OF_ONE_REQUEST = re.compile(r"RequestID: [\w-]*,?|HostID: [^,]*,?|Lock Info:.*")


class Tried(msgspec.Struct, frozen=True):
    """One attempt to release a lock, and what came of it."""

    ended: str
    """``exit 0`` and the like of a program; the reaper's outcomes."""
    said: str
    """Why it did not, in the tool's own words; "": it did."""
    left: tuple[str, ...]
    """Where something was left of the lock."""
    plans: bool
    """Whether ``terraform plan`` worked afterwards."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One lock that was left behind, released by both tools in turn."""

    where: str
    what: str
    was: tuple[str, ...]
    """Where the lock was."""
    force_unlock: Tried
    reaper: Tried
    digest_kept: bool
    """Whether the digest item of the state is byte for byte what it was."""


class Record(msgspec.Struct, frozen=True):
    """All of it, with the version of Terraform that was asked."""

    terraform: str
    seen: tuple[Seen, ...]


def load() -> Record:
    """Return what was recorded last."""
    return msgspec.json.decode(RECORD.read_bytes(), type=Record)


def save(record: Record) -> None:
    """Record what was seen."""
    RECORD.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")


def in_short(said: str) -> str:
    """Return what a tool said on one line, without the words that differ each time."""
    return " ".join(_OF_ONE_REQUEST.sub("", " ".join(said.split())).split())
