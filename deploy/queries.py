"""``make queries``: save queries for CloudWatch Logs Insights, in a small stack beside the reaper's own.

``logs put-query-definition`` would make a new query each time, unless it gets the ID of the last one, and would delete
none. A stack changes and deletes what it has made.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from botocore.exceptions import BotoCoreError

from chalicelib.config.file import ConfigError
from chalicelib.stack import names
from deploy import tags
from deploy.commands import ROOT, CommandError, run
from deploy.errors import told
from deploy.stack import environment_of, session

TEMPLATE = ROOT / ".chalice" / "queries.yaml"


def deploy(stage: str, environment: Mapping[str, str], template: Path = TEMPLATE) -> None:
    """Create or change the queries of a stage.

    Raises:
        CommandError: with what the AWS CLI said.
    """
    stack = ("--stack-name", names.queries_stack(stage), "--template-file", str(template))
    given = ("--parameter-overrides", f"Stage={stage}", "--no-fail-on-empty-changeset")
    tagged = tags.of_stack(names.queries_stack(stage), environment)
    run("aws", "cloudformation", "deploy", *stack, *tagged, *given, environment=environment)


def main(arguments: list[str]) -> int:
    """Deploy the queries of one stage, and say where they are."""
    parser = argparse.ArgumentParser(prog="python -m deploy.queries")
    parser.add_argument("--stage", required=True)
    options = parser.parse_args(arguments)
    if problem := names.stage_problem(options.stage):
        print(problem, file=sys.stderr)
        return 1
    try:
        deploy(options.stage, environment_of(session()))
    except (CommandError, ConfigError, BotoCoreError) as error:
        print(told(error), file=sys.stderr)
        return 1
    print(f"CloudWatch, Logs Insights, Saved queries: {names.APP}/{options.stage}/...")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
