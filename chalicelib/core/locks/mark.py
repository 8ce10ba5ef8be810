"""Mark the body of a lock that is put back, with blanks and tabs at its end that are different for each click.

Equal bytes have equal ETags. So without a mark, a delete of the released lock that arrives late would also delete the
same bytes after they were put back. With marks no two puts have equal bytes, and S3 refuses the late delete because of
the other ETag. The mark also tells which click put the lock back. JSON allows blanks after a value, and Terraform and
OpenTofu compare only the ID.
"""

import hashlib

_BITS = 64
_BLANKS = str.maketrans("01", " \t")
_DIGITS = bytes.maketrans(b" \t", b"01")
_BEGINS = b"\n"
MARK_BYTES = len(_BEGINS) + _BITS


def mark_of(click: str) -> str:
    """Return the mark of one click's put, as 16 hexadecimal digits."""
    return hashlib.sha256(click.encode()).hexdigest()[: _BITS // 4]


def marked(body: bytes, mark: str) -> bytes:
    """Return the body with this mark in place of any other."""
    plain, _ = split(body)
    return plain + _BEGINS + f"{int(mark, 16):0{_BITS}b}".translate(_BLANKS).encode()


def split(body: bytes) -> tuple[bytes, str]:
    """Return the body without its mark, and the mark; "" when it has none."""
    plain, tail = body[:-MARK_BYTES], body[-MARK_BYTES:]
    digits = tail.removeprefix(_BEGINS)
    if len(tail) != MARK_BYTES or len(digits) != _BITS or digits.strip(b" \t"):
        return body, ""
    return plain, f"{int(digits.translate(_DIGITS), 2):0{_BITS // 4}x}"
