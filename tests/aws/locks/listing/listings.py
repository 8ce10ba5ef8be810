"""Listing pages as S3 sends them, and as nobody should."""

import gzip
from collections.abc import Sequence
from urllib.parse import quote
from xml.sax.saxutils import escape

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
ODD_KEYS = [
    "a b+c%2F d/x.tflock",
    "env:/dev/app.tfstate.tflock",
    "é/日本/😀.tflock",
    "x" * 1_017 + ".tflock",
    "<Contents><Key>no.tflock</Key></Contents>",
    "a</Key><Key>b.tflock",
    "&lt;Key&gt;.tflock</Key>",
    "<!-- a.tflock -->",
    "]]>.tflock",
    "{'\"}\t\n\r.tflock",
    "a.tflock/not-a-lock",
    "a.tfloc%6B",
    "a%2Etflock",
    "a&#46;tflock",
    "a&amp;.tflock",
    ".tflock",
    "a.tflock ",
    "A.TFLOCK",
    "\ud7ff\ue000\U0010ffff.tflock",
    "?!#.tflock",
    "</ListBucketResult>.tflock",
    "<KeyCount>7</KeyCount>",
]


def entry(key: str, *, encoded: bool = True, more: str = "") -> str:
    told = quote(key, safe="/") if encoded else escape(key)
    rest = "<LastModified>2026-11-01T08:15:30.000Z</LastModified><ETag>&quot;9b2cf535&quot;</ETag><Size>9</Size>"
    return f"<Contents><Key>{told}</Key>{rest}{more}<StorageClass>STANDARD</StorageClass></Contents>"


def page(keys: Sequence[str], *, encoded: bool = True, more: str = "", count: int | None = None) -> str:
    """One page of S3's; ``more`` is in each of its entries."""
    rows = "".join(entry(key, encoded=encoded, more=more) for key in sorted(keys))
    return around(rows, len(keys) if count is None else count, encoded=encoded)


def around(rows: str, count: int, *, encoded: bool = True) -> str:
    kind = "<EncodingType>url</EncodingType>" if encoded else ""
    return (
        f'{XML}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>acme</Name><Prefix></Prefix>'
        f"<KeyCount>{count}</KeyCount><MaxKeys>1000</MaxKeys>{kind}<IsTruncated>false</IsTruncated>"
        f"{rows}</ListBucketResult>"
    )


_SOME = ["a/1.tfstate", "a/1.tfstate.tflock", "b/2.tfstate", "c/3.tfstate", "c/3.tfstate.tflock", "d"]
_PAGE = page(_SOME)
_OWNER = "<Owner><ID>x.tflock</ID><DisplayName>.tflock</DisplayName></Owner>"
_RESTORED = "<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus>"
_CHECKED = "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>"
_XMLNS = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_REORDERED = (
    "<Contents><StorageClass>STANDARD</StorageClass><Size>1</Size><ETag>&#34;x&#34;</ETag>"
    "<LastModified>2026-11-01T08:15:30Z</LastModified><Key>{}</Key></Contents>"
)

CUT: dict[str, str] = {
    "some keys": _PAGE,
    "one key that is a lock": page(["a.tflock"]),
    "one key that is none": page(["a"]),
    "only locks": page([f"{number}.tflock" for number in range(9)]),
    "no lock": page([f"{number}" for number in range(9)]),
    "a thousand keys": page([f"{number:04}.tf{'lock' if number % 99 == 0 else 'state'}" for number in range(1000)]),
    "owners that are called like locks": page(_SOME, more=_OWNER),
    "restored objects": page(_SOME, more=_RESTORED),
    "check sums": page(_SOME, more=_CHECKED),
    "keys that are not encoded": page(["a<b>&c.tflock", "b'\"", "c é.tflock", "?!#.tflock"], encoded=False),
    "one entry a line": _PAGE.replace("><Contents>", ">\n  <Contents>").replace(
        "></ListBucketResult>", ">\n</ListBucketResult>\n"
    ),
    "fields in another order": around("".join(map(_REORDERED.format, _SOME)), len(_SOME)),
    "the count behind the entries": _PAGE.replace("<KeyCount>6</KeyCount>", "").replace(
        "</ListBucketResult>", "<KeyCount>6</KeyCount></ListBucketResult>"
    ),
    "no declaration": _PAGE.removeprefix(XML),
    "quotes of the other kind": _PAGE.replace('"', "'"),
    "white space around": f"{_PAGE}\n \n",
    "no namespace": _PAGE.replace(_XMLNS, ""),
}
"""Pages that are cut, because there is no doubt about them."""

WHOLE: dict[str, str | bytes] = {
    "an empty page": page([]),
    "a namespace with a prefix": _PAGE.replace("<", "<s3:")
    .replace("<s3:/", "</s3:")
    .replace("<s3:?", "<?")
    .replace(_XMLNS, _XMLNS.replace("xmlns", "xmlns:s3")),
    "an element in a lock's key": _PAGE.replace("1.tfstate.tflock<", "1.tfstate.tflock<ETag/><"),
    "an empty key in a lock's key": _PAGE.replace("1.tfstate.tflock<", "1.tfstate.tflock<Key/><"),
    "a byte order mark": "\ufeff" + _PAGE,
    "UTF-16": _PAGE.replace("UTF-8", "UTF-16").encode("utf-16"),
    "Latin-1": _PAGE.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
    "not UTF-8": _PAGE.encode().replace(b"b/2", b"b/\xff"),
    "a byte that XML cannot have": _PAGE.replace("b/2", "b/\x01"),
    "a comment": _PAGE.replace("<Contents>", "<!-- <Contents><Key>no.tflock</Key></Contents> --><Contents>", 1),
    "a comment in a key": _PAGE.replace("c/3.tfstate.tf", "c/3.tfstate.tf<!---->"),
    "a key as it is": _PAGE.replace("<Key>d</Key>", "<Key><![CDATA[d.tflock]]></Key>"),
    "a document type": _PAGE.replace("<ListBucketResult", "<!DOCTYPE x [<!ENTITY k 'k'>]><ListBucketResult", 1),
    "an instruction in between": _PAGE.replace("<Contents>", "<?x y?><Contents>", 1),
    "a lock's end as a character reference": _PAGE.replace("<Key>d</Key>", "<Key>d.tfloc&#107;</Key>"),
    "a lock's end as a hexadecimal reference": _PAGE.replace("<Key>d</Key>", "<Key>d.&#x74;flock</Key>"),
    "a lock's end encoded": _PAGE.replace("<Key>d</Key>", "<Key>d%2etfloc%6B</Key>"),
    "a space in a tag": _PAGE.replace("<Key>d</Key>", "<Key >d.tflock</Key >"),
    "an attribute": _PAGE.replace("<Contents><Key>d", '<Contents x="y"><Key>d'),
    "an entry with a namespace": _PAGE.replace("<Contents><Key>d", f"<Contents{_XMLNS}><Key>d"),
    "common prefixes": _PAGE.replace(
        "</ListBucketResult>", "<CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes></ListBucketResult>"
    ),
    "something between two entries": _PAGE.replace("</Contents><Contents>", "</Contents><X/><Contents>", 1),
    "no count": _PAGE.replace("<KeyCount>6</KeyCount>", ""),
    "two counts": _PAGE.replace("<KeyCount>6</KeyCount>", "<KeyCount>6</KeyCount><KeyCount>6</KeyCount>"),
    "another count": page(_SOME, count=7),
    "a count that is none": _PAGE.replace("<KeyCount>6", "<KeyCount>six"),
    "an entry without a key": _PAGE.replace("<Key>d</Key>", ""),
    "an entry with two keys": _PAGE.replace("<Key>d</Key>", "<Key>d</Key><Key>e.tflock</Key>"),
    "a key elsewhere": _PAGE.replace("<Name>acme</Name>", "<Name>acme</Name><Key>x.tflock</Key>").replace(
        "<Key>d</Key>", ""
    ),
    "an entry within another": _PAGE.replace("<Key>d</Key>", f"<Key>d</Key>{entry('e.tflock')}"),
    "an entry that does not end": _PAGE.replace("</Contents></ListBucketResult>", "</ListBucketResult>"),
    "cut in the middle": _PAGE[: len(_PAGE) // 2],
    "cut in its last tag": _PAGE[:-3],
    "something behind it": f"{_PAGE}<x/>",
    "two pages": _PAGE + _PAGE.removeprefix(XML),
    "an error": f"{XML}<Error><Code>InternalError</Code><Message>x</Message></Error>",
    "an error that speaks of a listing": f"{XML}<Error><Code>X</Code><Message>{escape(_PAGE)}</Message></Error>",
    "packed": gzip.compress(_PAGE.encode(), mtime=0),
    "nothing": "",
    "a proxy's page": "<html><ListBucketResult></html>",
}
"""Pages that are left whole, so that botocore parses all of them, or says what is wrong with them."""
