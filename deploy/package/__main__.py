"""``make package``: the template, the code and the rules layer of an installation."""

import argparse
import os
import sys
from pathlib import Path

from chalicelib.config.file import ConfigError, load
from chalicelib.stack import names
from chalicelib.stack.parameters import overrides, remarks
from deploy.commands import ROOT, CommandError
from deploy.package.build import BUILD, build
from deploy.package.target import of_lambda
from deploy.stack import made_for


def main(arguments: list[str]) -> int:
    """Package, and say where the result is."""
    parser = argparse.ArgumentParser(prog="python -m deploy.package")
    parser.add_argument("--stage", default="prod")
    parser.add_argument("--config", type=Path, default=ROOT / "reaper.toml")
    options = parser.parse_args(arguments)
    if problem := names.stage_problem(options.stage):
        print(problem, file=sys.stderr)
        return 1
    try:
        config = load(options.config)
        target = of_lambda()
        lines = [*remarks(overrides(config, options.stage)), *target.remarks]
        print("packaging: fetching the pinned packages, compiling ...", flush=True)
        artifacts = made_for(config, build(target), BUILD / options.stage)
    except (ConfigError, CommandError) as error:
        print(error, file=sys.stderr)
        return 1
    print("".join(f"{line}\n" for line in lines), end="")
    print("packaged: " + ", ".join(os.path.relpath(path) for path in artifacts))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
