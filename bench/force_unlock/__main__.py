"""Play it on a local cloud of its own; record what was seen, and write the table into the docs: half a minute."""

import sys
import tempfile
from pathlib import Path

from bench.force_unlock import record
from bench.force_unlock.side_by_side import play
from bench.force_unlock.table import DOCUMENT, table_of, written_into
from demo.deployed import Decided, DeployedReaper
from demo.terraform import find_terraform

_BUCKET = "acme-tfstate"


def main() -> None:
    """Play it; print the table too."""
    program = find_terraform() or sys.exit("no terraform or tofu on the PATH")
    with tempfile.TemporaryDirectory() as name, DeployedReaper(Path(name), _decided()) as reaper:
        reaper.deploy()
        reaper.create_state_bucket(_BUCKET, wired=False)
        seen = play(program, Path(name) / "runs", reaper, _BUCKET)
    record.save(seen)
    DOCUMENT.write_text(written_into(DOCUMENT.read_text(), seen))
    print(table_of(seen))


def _decided() -> Decided:
    return Decided((_BUCKET,), lock_table=True)


if __name__ == "__main__":
    main()
