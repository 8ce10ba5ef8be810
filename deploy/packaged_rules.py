"""Check that the rules in a package fit the code in it, so that a misfit ends a deployment and not a night."""

import sys
from pathlib import Path

from deploy.commands import run

# msgspec comes from this Python: the package's is compiled for Lambda. All else comes from the package.
_READ = """
import sys, zipfile
import msgspec
package = sys.argv[1]
sys.path.insert(0, package)
from chalicelib import checked_rules
assert checked_rules.__file__.startswith(package), checked_rules.__file__
with zipfile.ZipFile(package) as files:
    written = files.read(checked_rules.NAME) if checked_rules.NAME in files.namelist() else b""
try:
    checked_rules.decode(written)
except checked_rules.CheckedRulesError as error:
    sys.exit(f"{checked_rules.NAME} {error}")
"""


def check(package: Path) -> None:
    """Have the code in a package read the rules in it, as each function does.

    Raises:
        CommandError: with what does not fit and what to do.
    """
    run(Path(sys.executable).name, "-I", "-c", _READ, str(package.resolve()))
