"""Tell whether bytes may be a Terraform state, however they are written.

A wrong yes costs a click: the object has to be looked at by hand. A wrong no can cost a state. So one mark is enough.
"""

import base64
import re
import zlib
from contextlib import suppress

# What a state has and a lock has not: internal/states/statefile/version1.go to version4.go, and of OpenTofu's encrypted
# ones internal/encryption/base.go. A name followed by what ends a name in JSON, YAML, XML, URLs or MessagePack.
_NAMES = (
    "terraform_version|lineage|serial|resources|modules|outputs|check_results"
    "|encrypted_data|encryption_version|key_provider[.\\w-]*|sops"
)
_MARKS = re.compile(rf"(?<![a-z_-])(?:{_NAMES})(?:[\"']?\s*[:=]|[%&+<>]|[^ -~\s])")
# The least that is still read as a state: its version is a number, that of a lock is a text beside an ID.
_STATE_VERSION = re.compile(r"\bversion[\"']?\s*[:=]\s*[1-4](?![\d.])")
_LOCK_ID = re.compile(r"\bid[\"']?\s*[:=]\s*[\"'][^\"']")
_UNICODE_ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})")
_LINE_BREAK_IN_BASE64 = re.compile(r"(?<=[A-Za-z0-9+/_-]{60})\r?\n")
_WORD = re.compile(r"\S{40,}+")
_WRAPPINGS = (base64.b32decode, base64.b85decode)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{40,}+")
_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2}){40,}+")
# Compressed or encrypted, and binary; "tfstate" begins the states of Terraform before 0.3.
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
"""Bytes. The smallest state that Terraform writes has 180, compressed some 130."""
_BYTES_OF_TEXT = bytes({7, 8, 9, 10, 12, 13, 27, *range(0x20, 0x7F), *range(0x80, 0x100)})


def is_packed(body: bytes) -> bool:
    """Return whether bytes are compressed or encrypted: by how they begin, or binary and impossible to compress."""
    body = body.strip()
    if _begins_packed(body):
        return True
    return not _is_text(body) and len(body) >= _SHORTEST_STATE and len(zlib.compress(body, 9)) >= len(body)


def has_marks(body: bytes) -> bool:
    """Return whether bytes say something that only a state says, in any text encoding, and beneath base64."""
    return any(_says_state(text) or _wraps_state(text) for text in _readings(body))


def _readings(body: bytes) -> tuple[str, str]:
    """Return the text that bytes may be: ASCII, UTF-8, UTF-16 and UTF-32 without their NULs and escapes; and EBCDIC."""
    ascii_like = _UNICODE_ESCAPE.sub(lambda found: chr(int(found[1], 16)), body.replace(b"\0", b"").decode("latin-1"))
    return ascii_like.replace("\\", ""), body.decode("cp037")


def _says_state(text: str) -> bool:
    text = text.lower()
    least = _STATE_VERSION.search(text) and not _LOCK_ID.search(text)
    return bool(_MARKS.search(text) or least)


def _wraps_state(text: str) -> bool:
    """Each layer is shorter than the one around it, so this ends."""
    return any(_begins_packed(inner) or has_marks(inner) for inner in _unwrapped(text))


def _unwrapped(text: str) -> list[bytes]:
    """Return what stretches of hexadecimal digits, base64, base32 and base85 stand for."""
    joined = _LINE_BREAK_IN_BASE64.sub("", text)
    inner = [bytes.fromhex(run) for run in _HEXADECIMAL.findall(joined)]
    inner += (_from_base64(run) for run in _BASE64.findall(joined))
    for word in _WORD.findall(joined):
        for wrapping in _WRAPPINGS:
            with suppress(ValueError):
                inner.append(wrapping(word))
    return inner


def _from_base64(run: str) -> bytes:
    return base64.b64decode(run[: len(run) // 4 * 4].replace("-", "+").replace("_", "/"))


def _begins_packed(body: bytes) -> bool:
    return body.startswith(_ENCRYPTED_TEXT) or (body.startswith(_PACKED) and not _is_text(body))


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return not body.translate(None, _BYTES_OF_TEXT)
