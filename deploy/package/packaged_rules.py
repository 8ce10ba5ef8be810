"""Check that the rules in a layer fit the code in a package, so that a misfit ends a deployment and not a night."""

import sys
from pathlib import Path

from deploy.commands import run

# msgspec comes from this Python: the package's may be for another machine. All else comes from the package.
_READ = """
import sys
import msgspec
code, layer = sys.argv[1:]
sys.path[:0] = [code]
from chalicelib import checked_rules
from chalicelib.stack.layer import rules_in
assert checked_rules.__file__.startswith(code), checked_rules.__file__
try:
    checked_rules.decode(rules_in(open(layer, "rb").read()))
except checked_rules.CheckedRulesError as error:
    sys.exit(f"{checked_rules.NAME} {error}")
"""


def check(code: Path, layer: Path) -> None:
    """Have the code in a package read the rules in a layer, as each function does.

    Raises:
        CommandError: with what does not fit and what to do.
    """
    run(Path(sys.executable), "-I", "-c", _READ, str(code.resolve()), str(layer.resolve()))
