"""Say which version of the reaper this is, and from which commit it was built.

Whoever builds a package or a wheel writes both beside this module (``deploy/package/stamp.py``). Elsewhere there is no
such file, and ``chalicelib/checkout.py`` looks at what is there.
"""

from functools import cache
from pathlib import Path

import msgspec

from chalicelib.core.version import Version

NAME = "version.json"


def encode(version: Version) -> bytes:
    """Return the content of the file that a build writes."""
    return msgspec.json.encode(version) + b"\n"


@cache
def this_version() -> Version:
    """Return the version of this very code. A process reads it once."""
    try:
        written = Path(__file__).with_name(NAME).read_bytes()
    except FileNotFoundError:
        from chalicelib import checkout  # noqa: PLC0415  a built package does not need it, nor the modules it imports

        return checkout.version()
    return msgspec.json.decode(written, type=Version)
