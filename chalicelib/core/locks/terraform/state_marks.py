"""Tell whether bytes may be a Terraform state, in any encoding.

A wrong yes costs little: somebody has to look at the object. A wrong no can cost a state. So one mark is enough.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress

# Names that a state has and a lock does not have: internal/states/statefile/version1.go to version4.go; for OpenTofu's
# encrypted states internal/encryption/base.go. A character must follow that ends a name in JSON, YAML, XML, URLs or
# MessagePack.
_NAMES = (
    "terraform_version|lineage|serial|resources|modules|outputs|check_results"
    "|encrypted_data|encryption_version|key_provider[.\\w-]*|sops"
)
_MARKS = re.compile(rf"(?<![a-z_-])(?:{_NAMES})(?:[\"']?\s*[:=]|[%&+<>]|[^ -~\s])")
# Only states, plans and parts of them have these, so no such character needs to follow: CBOR, bencode, CSV, PHP.
_SURE_MARKS = re.compile(
    "terraform_version|lineage|check_results|encrypted_data|encryption_version|sensitive_attributes|schema_version"
    "|planned_values|resource_changes|root_module"
)
# The least that Terraform still reads as a state. A state's version is a number; a lock's version is a text.
_STATE_VERSION = re.compile(r"\bversion[\"']?\s*[:=]\s*[1-4](?![\d.])")
_LOCK_ID = re.compile(r"\bid[\"']?\s*[:=]\s*[\"'][^\"']")
_UNICODE_ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})")
_LINE_BREAK_IN_BASE64 = re.compile(r"(?<=[A-Za-z0-9+/_-]{60})\r?\n")
_WORD = re.compile(r"\S{40,}+")
_WRAPPINGS = (base64.b32decode, base64.b85decode, base64.a85decode)
_ASCII85_ENDS = re.compile(r"<~|~>")
# Characters that may stand between the digits of encoded bytes: line breaks, and what lists, quotes and dumps add.
_BETWEEN_DIGITS = re.compile(r"[\s\"'`,;:>|\[\]{}()#%&\\]+")
_BETWEEN_HEXADECIMAL = re.compile(r"0x|[x-]")
_NUMBER = re.compile(r"\d{1,3}")
_NUMBERS = re.compile(r"(?:\d{1,3}[\s,;&#]{1,4}){40,}")
_LARGEST_BYTE = 255
_SHORTEST_NAME = 4
_MOST_BYTES = 512 * 1024
"""Most bytes that are searched of one body, in all layers together. That takes a second."""
_BASE64_STEP = 4
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{40,}+")
_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2}){40,}+")
# First bytes of compressed, encrypted or binary data; "tfstate" begins the states of Terraform before 0.3.
_PACKED = (
    *(b"\x1f\x8b", b"\x1f\x9d"),  # gzip, compress
    *(b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"),  # zlib
    *(b"BZh", b"\xfd7zXZ\x00", b"\x5d\x00\x00", b"\x28\xb5\x2f\xfd"),  # bzip2, xz, lzma, zstd
    *(b"\x04\x22\x4d\x18", b"\xff\x06\x00\x00sNaPpY"),  # lz4, snappy
    *(b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"Rar!"),
    b"tfstate",
)
_ENCRYPTED_TEXT = (b"Salted__", b"age-encryption.org", b"-----BEGIN AGE", b"-----BEGIN PGP", b"$ANSIBLE_VAULT")
_SHORTEST_STATE = 64
"""In bytes. The smallest state that Terraform writes has 180 bytes, and about 130 when compressed."""
_BYTES_OF_TEXT = bytes({7, 8, 9, 10, 12, 13, 27, *range(0x20, 0x7F), *range(0x80, 0x100)})


def is_packed(body: bytes) -> bool:
    """Return whether bytes are compressed or encrypted: by their first bytes, or because they do not compress."""
    body = body.strip()
    if _begins_packed(body):
        return True
    return not _is_text(body) and len(body) >= _SHORTEST_STATE and len(zlib.compress(body, 9)) >= len(body)


def has_marks(body: bytes, most_bytes: int = _MOST_BYTES) -> bool:
    """Return whether bytes have a name that only a state has, in any text encoding, also within base64 and the like.

    When the layers together have more than ``most_bytes``, the answer is yes, because they may hide anything.
    """
    waiting, known, looked_through = [body], {body}, 0
    while waiting:
        layer = waiting.pop()
        looked_through += len(layer)
        inner = {
            one for text in _readings(layer) for one in _unwrapped(text) if _SHORTEST_NAME <= len(one) < len(layer)
        }
        if looked_through > most_bytes or _says_state(layer) or any(map(_begins_packed, inner)):
            return True
        waiting += inner - known
        known |= inner
    return False


def _readings(body: bytes) -> set[str]:
    """Return the texts that bytes may be: as ASCII, UTF-8, UTF-16 or UTF-32 without NULs and escapes, and as EBCDIC."""
    body = body.replace("\u017f".encode(), b"s").replace("\u212a".encode(), b"k")  # Go reads these two as s and k
    ascii_like = _UNICODE_ESCAPE.sub(lambda found: chr(int(found[1], 16)), body.replace(b"\0", b"").decode("latin-1"))
    return {ascii_like, ascii_like.replace("\\", ""), body.decode("cp037")}


def _says_state(body: bytes) -> bool:
    return any(_is_of_state(text.lower()) for text in _readings(body))


def _is_of_state(text: str) -> bool:
    least = _STATE_VERSION.search(text) and not _LOCK_ID.search(text)
    return bool(_SURE_MARKS.search(text) or _MARKS.search(text) or least)


def _unwrapped(text: str) -> Iterator[bytes]:
    """Yield the bytes that a text encodes by numbers, hexadecimal digits, base64, base32, Ascii85 or uuencode."""
    joined = _LINE_BREAK_IN_BASE64.sub("", text)
    together = _BETWEEN_DIGITS.sub("", text)
    yield from _from_base16(joined)
    yield from _from_base16(_BETWEEN_HEXADECIMAL.sub("", together))
    for run in _BASE64.findall(joined):
        yield _from_base64(run)
    for run in _BASE64.findall(together):
        # A word before the digits shifts them, because the blank between the two was removed.
        yield from (_from_base64(run[shift:]) for shift in range(_BASE64_STEP))
    yield from _from_words([*_WORD.findall(joined), "".join(_ASCII85_ENDS.sub("", text).split())])
    yield from (_from_numbers(run) for run in _NUMBERS.findall(text))
    yield _from_uuencode(text)


def _from_words(words: list[str]) -> Iterator[bytes]:
    for word in words:
        for wrapping in _WRAPPINGS:
            with suppress(ValueError):
                yield wrapping(word)


def _from_base16(text: str) -> Iterator[bytes]:
    return (bytes.fromhex(run) for run in _HEXADECIMAL.findall(text))


def _from_base64(run: str) -> bytes:
    whole = len(run) // _BASE64_STEP * _BASE64_STEP
    return base64.b64decode(run[:whole].replace("-", "+").replace("_", "/"))


def _from_numbers(run: str) -> bytes:
    return bytes(number for number in map(int, _NUMBER.findall(run)) if number <= _LARGEST_BYTE)


def _from_uuencode(text: str) -> bytes:
    lines: list[bytes] = []
    for line in text.splitlines():
        with suppress(ValueError):
            lines.append(binascii.a2b_uu(line))
    return b"".join(lines)


def _begins_packed(body: bytes) -> bool:
    return body.startswith(_ENCRYPTED_TEXT) or (body.startswith(_PACKED) and not _is_text(body))


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return not body.translate(None, _BYTES_OF_TEXT)
