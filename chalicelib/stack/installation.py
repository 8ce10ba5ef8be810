"""All that an installation is given by its ``reaper.toml``, or all that is wrong with that file: the one way to it."""

import hashlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

from chalicelib.checked_rules import Config
from chalicelib.config.file import ConfigError
from chalicelib.stack import event_accounts, known, names, streams
from chalicelib.stack import parameters as stack_parameters
from chalicelib.stack.layer import rules_layer
from chalicelib.stack.parameters import Home

_DIGITS = 16


class Installation(NamedTuple):
    """What a stack is given."""

    parameters: dict[str, str]
    """Its parameters; of those that say where files are, only ``RulesKey``, unless others were given."""
    rules: bytes
    """The rules layer, a zip."""
    remarks: list[str]
    """What the installer should know, a line each."""


def installation(config: Config, stage: str, home: Home, given: Mapping[str, str]) -> Installation:
    """Return what a checked configuration gives a stack; ``given`` has the parameters that people chose.

    Raises:
        ConfigError: has all mistakes that show only where the stack is known.
    """
    problems = [problem] if (problem := names.stage_problem(stage)) else []
    problems += [*streams.problems(config, home.region), *known.problems(given)]
    try:
        values = stack_parameters.overrides(config, stage, home, given)
    except ConfigError as error:
        raise ConfigError([*problems, *error.problems]) from None
    if problems:
        raise ConfigError(problems)
    rules = rules_layer(config)
    here = config.rules.at_home(home.account, home.region)
    remarks = [*stack_parameters.remarks(values), *event_accounts.remarks(here, values)]
    return Installation({"RulesKey": artifact_key(stage, "rules.zip", rules)} | values, rules, remarks)


def checked(read: Callable[[], Config], stage: str, home: Home, given: Mapping[str, str]) -> Installation:
    """Read and check a configuration, and return what it gives a stack.

    Raises:
        ConfigError: has all mistakes of the file, or all that show only where the stack is known.
    """
    try:
        config = read()
    except ConfigError as error:
        problem = names.stage_problem(stage)
        raise ConfigError([*([problem] if problem else []), *error.problems, *known.problems(given)]) from None
    return installation(config, stage, home, given)


def as_cloudformation_takes_them(parameters: dict[str, str]) -> list[str]:
    """Return parameters as ``aws cloudformation deploy --parameter-overrides file://...`` takes them.

    Each is ``Name=Value``: version 1 of the AWS CLI takes no other form from a file (github.com/aws/aws-cli pull 5443).
    """
    return [f"{name}={value}" for name, value in sorted(parameters.items())]


def artifact_key(stage: str, name: str, content: bytes) -> str:
    """Return the key of a file in the bucket for artifacts: the same content has the same key, another has another."""
    stem, _, suffix = name.rpartition(".")
    return f"{names.stack(stage)}/{stem}-{hashlib.sha256(content).hexdigest()[:_DIGITS]}.{suffix}"
