"""Build a release from the files around this module. ``make release`` runs it in the files of a commit alone."""

import sys
from datetime import datetime
from pathlib import Path

from chalicelib.core.version import Version
from deploy import runtime
from deploy.commands import CommandError
from deploy.package.target import of_lambda
from deploy.release.contents import fill


def main(number: str, commit: str, time: str, folder: str) -> None:
    """Fill the folder, by the very Python that compiles every release."""
    try:
        fill(Path(folder), Version(number, commit), datetime.fromisoformat(time), of_lambda(runtime.COMPILER))
    except CommandError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
