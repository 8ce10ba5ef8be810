"""Check a configuration file: ``python -m chalicelib.config reaper.toml``."""

import sys
from pathlib import Path

from chalicelib.config.file import ConfigError, load


def main(arguments: list[str]) -> int:
    """Check one file and say so."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m chalicelib.config reaper.toml\n")
        return 2
    try:
        config = load(Path(arguments[0]))
    except ConfigError as error:
        sys.stderr.write("".join(f"{arguments[0]}: {problem}\n" for problem in error.problems))
        return 1
    sys.stdout.write(
        f"{arguments[0]}: {len(config.targets)} targets, {len(config.rules.discoveries)} target rules, "
        f"{len(config.rules.routes) - 1} routes and the default\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
