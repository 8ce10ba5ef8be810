"""Write the version and the commit into a package that is built already.

Building takes seconds and follows from the sources alone, and each commit is another one. So a package is built without
them, and gets them last.
"""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

from chalicelib.core.version import Version
from chalicelib.version import NAME, encode
from deploy.package import archive

_IN_ZIP = f"chalicelib/{NAME}"
_NUMBER, _COMMIT = "(the version of this build)", "(the commit of this build)"


def outputs() -> dict[str, Any]:
    """Return the stack's outputs that say its version; a stamp fills them in."""
    return {
        "Version": {"Description": "The version of tflock-reaper that this stack was made from.", "Value": _NUMBER},
        "Commit": {"Description": "The commit that this version was built from.", "Value": _COMMIT},
    }


def stamp_template(text: str, version: Version) -> str:
    """Return the template of a version."""
    return text.replace(_NUMBER, json.dumps(version.number)).replace(_COMMIT, json.dumps(version.commit))


def stamp_code(code: Path, version: Version, stamped: Path) -> None:
    """Write the code zip of a version. The new file is its last, so that nothing has to be packed again."""
    shutil.copyfile(code, stamped)
    with zipfile.ZipFile(stamped, "a") as zipped:
        archive.add(zipped, _IN_ZIP, encode(version))
