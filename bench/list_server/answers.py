"""Make S3's answer to a request for a part of a bucket."""

import base64
from collections.abc import Mapping
from urllib.parse import quote
from xml.sax.saxutils import escape

from bench.list_server.keys import Keys, after

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LAST = "\U0010ffff"


def listing(bucket: str, keys: Keys, asked: Mapping[str, str]) -> bytes:
    """Return one page of ListObjectsV2."""
    prefix, most = asked.get("prefix", ""), min(1000, int(asked.get("max-keys", "1000")))
    token = asked.get("continuation-token", "")
    begin = max(_from(keys, prefix), _from_token(token) if token else after(keys, asked.get("start-after", "")))
    end = after(keys, prefix + _LAST) if prefix else len(keys)
    encoded = asked.get("encoding-type") == "url"
    if asked.get("delimiter"):
        rows, count, at = _with_common(keys, asked, (begin, end), encoded=encoded)
    else:
        at = max(begin, min(end, begin + most))
        rows, count = keys.rows(begin, at, encoded=encoded), at - begin
    more = f"<NextContinuationToken>{_token(at)}</NextContinuationToken>" if at < end else ""
    told = quote(prefix, safe="/") if encoded else escape(prefix)
    head = (
        f'{_HEAD}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>{bucket}</Name>'
        f"<Prefix>{told}</Prefix>{more}<KeyCount>{count}</KeyCount><MaxKeys>{most}</MaxKeys>"
        f"{'<EncodingType>url</EncodingType>' if encoded else ''}"
        f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"
    )
    return b"".join((head.encode(), rows, b"</ListBucketResult>"))


def error(code: str) -> bytes:
    """Return the body of a refusal."""
    return f"{_HEAD}<Error><Code>{code}</Code><Message>{code}</Message><RequestId>BENCH</RequestId></Error>".encode()


def _from(keys: Keys, prefix: str) -> int:
    first = after(keys, prefix)
    return first - 1 if first and keys[first - 1] == prefix else first


def _token(position: int) -> str:
    return base64.b64encode(f"from {position}".encode()).decode()


def _from_token(token: str) -> int:
    return int(base64.b64decode(token).split()[1])


def _with_common(
    keys: Keys, asked: Mapping[str, str], part: tuple[int, int], *, encoded: bool
) -> tuple[bytes, int, int]:
    """Return the XML of keys and common prefixes, how many they are, and where the next page begins."""
    prefix, delimiter, most = asked.get("prefix", ""), asked["delimiter"], min(1000, int(asked.get("max-keys", "1000")))
    (at, end), rows, common = part, list[bytes](), list[str]()
    while at < end and len(rows) + len(common) < most:
        key = keys[at]
        name, found, _ = key[len(prefix) :].partition(delimiter)
        if found:
            common.append(prefix + name + delimiter)
            at = max(at + 1, after(keys, common[-1] + _LAST))
        else:
            rows.append(keys.rows(at, at + 1, encoded=encoded))
            at += 1
    told = (quote(one, safe="/") if encoded else escape(one) for one in common)
    rows += [f"<CommonPrefixes><Prefix>{one}</Prefix></CommonPrefixes>".encode() for one in told]
    return b"".join(rows), len(rows), at
