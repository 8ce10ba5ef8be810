"""Read and write ``rules.json``, which carries the checked configuration to the functions.

The file is in a layer (``chalicelib/stack/layer.py``), beside the code and not in it. Each process of a function reads
it once.
"""

from importlib.util import find_spec
from pathlib import Path

import msgspec

from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules

NAME = "rules.json"
PACKAGE = "tflock_reaper_rules"
"""The Python package in which a layer has the file: wherever a layer is unpacked, it can be imported."""
FORMAT = 1
"""The version of the file's format. Raise it when the JSON form of ``Config``, or of a struct below it, changes."""
_AGAIN = "run `make deploy` with the reaper.toml of this installation"


class Config(msgspec.Struct, frozen=True):
    """The content of ``reaper.toml``, checked. ``slack_api`` is another URL only for GovSlack."""

    slack_app: str
    slack_api: str
    rules: Rules

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return the targets that the reaper sweeps."""
        return self.rules.targets

    def targets_of(self, kind: Kind) -> tuple[Target, ...]:
        """Return the targets of one kind."""
        return tuple(target for target in self.targets if target.kind is kind)


class CheckedRulesError(ValueError):
    """A file of checked rules that cannot be used; the text says why and what to do."""


class _Head(msgspec.Struct, frozen=True):
    format: int


class _File(_Head, frozen=True):
    config: Config


def encode(config: Config) -> bytes:
    """Return the file's content for a configuration; the same configuration gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(_File(FORMAT, config)), indent=2) + b"\n"


def in_layer() -> Path:
    """Return the path of the file in this function's rules layer.

    Raises:
        CheckedRulesError: the function has no such layer.
    """
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise CheckedRulesError(f"this function has no layer with the checked rules ({PACKAGE}); {_AGAIN}")
    return Path(found.origin).with_name(NAME)


def load(path: Path) -> Config:
    """Read a file of checked rules.

    Raises:
        CheckedRulesError: the file is missing, damaged or of another format.
    """
    try:
        return decode(path.read_bytes())
    except OSError as error:
        raise CheckedRulesError(f"{path} cannot be read ({error.strerror}); {_AGAIN}") from None
    except CheckedRulesError as error:
        raise CheckedRulesError(f"{path} {error}") from None


def decode(written: bytes) -> Config:
    """Read the content of a file of checked rules; raise ``CheckedRulesError`` as ``load`` does."""
    _check_format(written)
    try:
        config = msgspec.json.decode(written, type=_File).config
    except msgspec.DecodeError as error:
        raise _misfit(str(error)) from None
    # msgspec ignores unknown keys, fills in missing ones, and does not care for order, but the order of owners counts.
    # Comparing the bytes makes sure that no rule is lost this way.
    if encode(config) != written:
        raise _misfit("a key is missing, unknown to this code or in another place")
    return config


def _check_format(written: bytes) -> None:
    """Check the version of the format before anything else of the file is read."""
    try:
        found = msgspec.json.decode(written, type=_Head).format
    except msgspec.DecodeError as error:
        raise CheckedRulesError(f"is not a whole file of checked rules ({error}); {_AGAIN}") from None
    if found != FORMAT:
        raise CheckedRulesError(
            f"has format {found}, and this code reads format {FORMAT}; rules and code must come from the same version "
            f"of the reaper: {_AGAIN}"
        )


def _misfit(why: str) -> CheckedRulesError:
    return CheckedRulesError(
        f"says that it has format {FORMAT}, but does not fit it ({why}); it was changed after it was checked, or "
        f"comes from another version of the reaper: {_AGAIN}"
    )
