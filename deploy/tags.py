"""The tags of what ``make`` creates: those of ``TAGS="team=platform ..."``, which make puts into the environment."""

import json
from collections.abc import Mapping

from deploy.commands import CommandError, run
from deploy.given import read_tags

NAME = "TAGS"


def given_in(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that somebody gives.

    Raises:
        ConfigError: all that is wrong with them.
    """
    return read_tags(environment.get(NAME, ""))


def of_stack(stack: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the option for the tags of a stack, which CloudFormation passes on to its resources.

    Without any given the stack keeps those that it has: the AWS CLI would take them all away.

    Raises:
        ConfigError: what is wrong with the tags.
        CommandError: with what the AWS CLI said.
    """
    tags = given_in(environment) or _had(stack, environment)
    return ("--tags", *(f"{name}={value}" for name, value in tags.items())) if tags else ()


def _had(stack: str, environment: Mapping[str, str]) -> dict[str, str]:
    asked = ("--stack-name", stack, "--output", "json")
    try:
        said = run("aws", "cloudformation", "describe-stacks", *asked, environment=environment)
    except CommandError as error:
        if "does not exist" in str(error):
            return {}
        raise
    return {tag["Key"]: tag["Value"] for tag in json.loads(said)["Stacks"][0].get("Tags", [])}
