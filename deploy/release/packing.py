"""Check that this machine packs a zip into the same bytes as any other that makes a release.

Python packs by the zlib that it was linked with. The versions of zlib itself make the same bytes (1.2.13 did here);
zlib-ng, and what some systems have in its place, make others, just as good to read.
"""

import hashlib
import zlib

EXPECTED = "213b36d7ccf2cfc875f62ec706bba1e2c2e837b169ad22988580f9709ef8dac5"
"""SHA-256 of the packed sample."""
_LEVEL = 9


def _sample() -> bytes:
    """Return text that repeats near and far, and bytes that do not repeat: all that an encoder has to choose about."""
    digests = [hashlib.sha256(str(number).encode()).digest() for number in range(4_000)]
    lines = (f"{number:5} {digest.hex()[: number % 23]} return value\n" for number, digest in enumerate(digests))
    return "".join(lines).encode() + b"".join(digests)


def digest_here() -> str:
    """Return what this machine's zlib makes of the sample, as a digest."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    return hashlib.sha256(packer.compress(_sample()) + packer.flush()).hexdigest()


def problem(digest: str | None = None) -> str | None:
    """Return what is wrong with the packer of this machine, or None."""
    if (digest or digest_here()) == EXPECTED:
        return None
    return (
        f"the zlib of this Python ({zlib.ZLIB_RUNTIME_VERSION}) packs into other bytes than zlib itself does, so the "
        "checksums would be no other machine's; use a Python that is linked with zlib (zlib.net), such as Debian's"
    )
