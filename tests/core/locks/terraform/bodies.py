"""Bodies that people find at the keys of locks, made in every way that came to mind."""

import base64
import binascii
import bz2
import gzip
import json
import lzma
import random
import textwrap
import zlib
from collections.abc import Callable

LINEAGE = "9f2d1a3c-1111-2222-3333-444455556666"
STATES: dict[str, bytes] = {
    "version 4": json.dumps(
        {
            "version": 4,
            "terraform_version": "1.11.4",
            "serial": 7,
            "lineage": LINEAGE,
            "outputs": {},
            "resources": [
                {"mode": "managed", "type": "aws_vpc", "name": "é", "instances": [{"attributes": {"id": "vpc-1"}}]}
            ],
            "check_results": None,
        },
        indent=2,
        ensure_ascii=False,
    ).encode(),
    "version 4, compact": b'{"version":4,"serial":1,"lineage":"x","outputs":{},"resources":[]}',
    "version 4, other fields first": json.dumps({"check_results": None, "x": "y" * 3000, "lineage": LINEAGE}).encode(),
    "version 3": json.dumps(
        {"version": 3, "terraform_version": "0.11.14", "serial": 3, "lineage": LINEAGE, "modules": [{"path": ["root"]}]}
    ).encode(),
    "version 2": b'{"version": 2, "serial": 9, "modules": [{"path": ["root"], "outputs": {}, "resources": {}}]}',
    "version 1": b'{"version": 1, "serial": 2, "modules": [{"path": ["root"], "resources": {"a.b": {"type": "x"}}}]}',
    "encrypted by OpenTofu": json.dumps(
        {
            "serial": 1,
            "lineage": LINEAGE,
            "meta": {"key_provider.pbkdf2.mine": "eyJzYWx0IjoiYWJjIn0="},
            "encrypted_data": base64.b64encode(random.Random(1).randbytes(400)).decode(),  # noqa: S311
            "encryption_version": "v0",
        }
    ).encode(),
    "a plan encrypted by OpenTofu": json.dumps(
        {"meta": {"key_provider.aws_kms.k": "e30="}, "encrypted_data": "QUJD", "encryption_version": "v0"}
    ).encode(),
    "with a lock's fields too": json.dumps({"ID": "x", "Who": "me", "Serial": 4, "Lineage": LINEAGE}).encode(),
    "beneath another object": json.dumps({"ID": "x", "data": {"state": [{"serial": 1, "resources": []}]}}).encode(),
    "as a text in JSON": json.dumps(
        {"ID": "x", "state": '{"serial":1,"version":4,"lineage":"x","resources":[]}'}
    ).encode(),
    "as base64 in JSON, as Terraform Cloud takes it": json.dumps(
        {"ID": "x", "state": base64.b64encode(b'{"version":4,"serial":1,"lineage":"x","resources":[]}').decode()}
    ).encode(),
}
"""Each of them UTF-8."""


def _often(way: Callable[[bytes], bytes], state: bytes, times: int) -> bytes:
    for _ in range(times):
        state = way(state)
    return state


def _short_lines(state: bytes) -> list[str]:
    return textwrap.wrap(base64.b64encode(state).decode(), 32)


def _uuencoded(state: bytes) -> bytes:
    lines = (binascii.b2a_uu(state[place : place + 45]) for place in range(0, len(state), 45))
    return b"begin 644 state\n" + b"".join(lines) + b"`\nend\n"


WAYS: dict[str, Callable[[bytes], bytes]] = {
    "UTF-8": lambda state: state,
    "UTF-8 with BOM": lambda state: b"\xef\xbb\xbf" + state,
    **{
        name: lambda state, name=name: state.decode().encode(name)  # type: ignore[misc]
        for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7")
    },
    "EBCDIC": lambda state: state.decode().encode("cp037", "replace"),
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "zlib, fast": lambda state: zlib.compress(state, 1),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda state: lzma.compress(state, format=lzma.FORMAT_ALONE),
    "zstd": lambda state: b"\x28\xb5\x2f\xfd" + state,
    "lz4": lambda state: b"\x04\x22\x4d\x18" + zlib.compress(state),
    "zip, as a plan file": lambda state: b"PK\x03\x04\x14\x00" + zlib.compress(state),
    "blanks first": lambda state: b" \n\t" * 1000 + state,
    "more blanks first than are read": lambda state: b"\n" * 16 * 1024 + state,
    "blanks after it": lambda state: state + b" " * 9000,
    "broken off": lambda state: state[: len(state) * 2 // 3] if len(state) > 60 else state[:-1],
    "names escaped": lambda state: state.replace(b"lineage", b"l\\u0069neage").replace(b"serial", b"\\u0073erial"),
    "names in capitals": lambda state: state.replace(b"lineage", b"LINEAGE").replace(b"version", b"Version"),
    "in a list": lambda state: b"[" + state + b"]",
    "written by Python": lambda state: state.replace(b'"', b"'"),
    "base64": base64.b64encode,
    "base64 in lines": base64.encodebytes,
    "base64 of gzip": lambda state: base64.b64encode(gzip.compress(state, mtime=0)),
    "base64 five times over": lambda state: _often(base64.b64encode, state[:3000], 5),
    "base32": base64.b32encode,
    "base85": base64.b85encode,
    "hexadecimal": lambda state: state.hex().encode(),
    "base64 in short lines": lambda state: "\n".join(_short_lines(state)).encode(),
    "base64 in a mail": lambda state: "> ".join(
        ["It is:\n\n", *(line + "\n" for line in _short_lines(state))]
    ).encode(),
    "base64 in a list": lambda state: json.dumps(_short_lines(state)).encode(),
    "base64 in a lock's list": lambda state: json.dumps({"ID": "x", "data": _short_lines(state)}).encode(),
    "numbers": lambda state: json.dumps(list(state[:3000])).encode(),
    "numbers in a lock": lambda state: json.dumps({"ID": "x", "data": list(state[:3000])}).encode(),
    "hexadecimal with colons": lambda state: state[:5000].hex(":").encode(),
    "hexadecimal as C writes it": lambda state: ", ".join(f"0x{one:02x}" for one in state[:2500]).encode(),
    "percent signs": lambda state: "".join(f"%{one:02X}" for one in state[:5000]).encode(),
    "Ascii85": base64.a85encode,
    "Ascii85 in lines": lambda state: base64.a85encode(state, wrapcol=72, adobe=True),
    "base32 in lines": lambda state: "\n".join(textwrap.wrap(base64.b32encode(state).decode(), 32)).encode(),
    "uuencode": _uuencoded,
    "encrypted by OpenSSL": lambda state: b"Salted__" + random.Random(2).randbytes(len(state)),  # noqa: S311
    "encrypted by age": lambda state: b"age-encryption.org/v1\n" + base64.b64encode(state),
}
"""Ways to write one."""

UNKNOWN_TO_EVERYBODY = {
    "the least that is read as a state": b'{"version": 4}',
    "the same, broken off": b'{\n  "version": 4,\n  "te',
    "the same in UTF-16": '{"version": 4}'.encode("utf-16"),
    "deflate without a header": zlib.compress(STATES["version 4"], wbits=-15),
    "random, as what is encrypted": random.Random(3).randbytes(300),  # noqa: S311
    "MessagePack": b"\x83\xa7version\x04\xa6serial\x01\xa7lineage\xa3abc",
    "CBOR": b"\xa2glineagex\x249f2d1a3c-1111-2222-3333-444455556666fserial\x07",
    "bencode": b"d7:lineage3:abc6:seriali7e7:versioni4ee",
    "PHP": b'a:2:{s:7:"lineage";s:3:"abc";s:6:"serial";i:7;}',
    "CSV": b"version,terraform_version,serial\n4,1.11.4,7\n",
    "the end of one": b'"instances":[{"schema_version":1,"attributes":{"id":"vpc-1"},"sensitive_attributes":[]}]}]}',
    "a plan as JSON": b'{"ID":"x","planned_values":{},"resource_changes":[]}',
    "names in letters that Go takes for s": '{"ver\u017fion":4,"\u017ferial":1}'.encode(),
    "YAML": b"version: 4\nserial: 1\nlineage: abc\n",
    "Terraform before 0.3": b"tfstate\x01\x7f\xff\x81\x03\x01\x01",
    "larger than a lock": b'{"ID":"' + b"x" * 16 * 1024 + b'"}',
    "text, and who knows what follows": b"x" * (16 * 1024 + 1),
    "encrypted by sops": b'{"data":"ENC[AES256_GCM,data:abc]","sops":{"version":"3.9.0"}}',
    "CloudFormation": b'{"Resources":{"Queue":{"Type":"AWS::SQS::Queue"}},"Outputs":{}}',
    "a lock with a state behind it": b'{"ID":"x","Who":"y"}{"version":4,"serial":1,"lineage":"x"}',
}
"""What may be a state as well."""

FOREIGN: dict[bytes, str] = {
    b"garbage": "is not JSON",
    b"x" * 16 * 1024: "is not JSON",
    b"\x00\xff" * 8192: "is not JSON",
    b"\x00" * 40: "is not JSON",
    b"\xff\xfe\x00": "is not JSON",
    '{"ID":"x"}'.encode("utf-16"): "is not JSON",
    b'\xef\xbb\xbf{"ID":"x"}': "is not JSON",
    b"Somebody put this here, nobody knows why, and it is as long as a lock is, or longer than that.": "is not JSON",
    b"{": "is not JSON: it breaks off",
    b'{"ID":"a","Operation":"OperationTypeAp': "is not JSON: it breaks off",
    b'{"ID":"a"}{"ID":"b"}': "is not JSON: more follows where it should end",
    b'{"ID":"a",}': "is not JSON: its character 10 does not belong there",
    b"{'ID':'a'}": "is not JSON: its character 2 does not belong there",
    b'{"ID":"a","N":NaN}': "is not JSON: it has a number that no lock has",
    b'{"ID":"a","N":' + b"9" * 5000 + b"}": "is not JSON: it has a number that no lock has",
    b"[" * 10_000: "is nested far deeper than a lock",
    b"[]": "is JSON, but not an object",
    b"null": "is JSON, but not an object",
    b'"text"': "is JSON, but not an object",
    b"5": "is JSON, but not an object",
    b'{"hello":"world"}': "is JSON of another kind: it has no lock ID",
    b'{"name":"left-pad","version":"1.0.0"}': "is JSON of another kind: it has no lock ID",
    b'{"ID":5}': "has a number where its ID belongs",
    b'{"ID":"x","Version":4}': "has a number where its version belongs",
    b'{"Version":5}': "has a number where its version belongs",
    b'{"ID":"x","Who":["a"]}': "has a list where its holder belongs",
    b'{"ID":"x","operation":{"a":1}}': "has an object where its operation belongs",
    b'{"ID":"x","Info":true}': "has true or false where its note belongs",
    b'{"ID":"x","Path":1.5}': "has a number where its state path belongs",
    b'{"ID":"x","Created":1795231137}': "has a number where its time of creation belongs",
    b'{"ID":"x","ID":5,"ID":"y"}': "has a number where its ID belongs",
}
"""What is neither a lock nor anything like a state, and what is said of it. Go's reader takes none of them."""
