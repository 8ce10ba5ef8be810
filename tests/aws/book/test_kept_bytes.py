"""The bytes of what was released are in the lock book, and operating.md's command gets them out."""

import json
import re
import subprocess
import sys
from pathlib import Path

from chalicelib.aws.book.wire import ATTRIBUTES, key_of
from chalicelib.core.clicks.deletion import LockObject
from tests.builders import a_lock

OPERATING = Path(__file__).parents[3] / "docs" / "operating.md"
BYTES = b"what is this?\x00\xff\n"


def test_operating_md_s_command_writes_the_kept_bytes_into_a_file(tmp_path: Path) -> None:
    identity = key_of(a_lock(body=BYTES).ref)["LockIdentity"]
    [program] = re.findall(r"python3 -c '\n(.*?)'\n", OPERATING.read_text(), re.DOTALL)
    told = subprocess.run(  # noqa: S603  our own documentation
        [sys.executable, "-c", program],
        input=json.dumps([[identity, ATTRIBUTES["kept"].write(LockObject(BYTES))]]),
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert told.stdout == f"kept-0 {identity}\n"
    assert (tmp_path / "kept-0").read_bytes() == BYTES
