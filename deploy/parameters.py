"""``python -m deploy.parameters reaper.toml`` prints the stack parameters that follow from it."""

import argparse
import sys
from pathlib import Path

from chalicelib.config.file import ConfigError, load
from chalicelib.stack.parameters import ANYWHERE, Home, overrides, remarks


def main(arguments: list[str]) -> int:
    """Print the parameters, one a line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.parameters", description="print the stack parameters")
    parser.add_argument("config", type=Path)
    parser.add_argument("--stage", default="prod")
    parser.add_argument("--partition", default=ANYWHERE.partition)
    parser.add_argument("--region", default=ANYWHERE.region, help="of the stack, for the ARNs of lock tables")
    parser.add_argument("--account", default=ANYWHERE.account, help="of the stack, for the ARNs of lock tables")
    options = parser.parse_args(arguments)
    try:
        home = Home(options.partition, options.region, options.account)
        values = overrides(load(options.config), options.stage, home)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(f"{name}={value}" for name, value in values.items()))
    print("".join(f"{line}\n" for line in remarks(values)), file=sys.stderr, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
