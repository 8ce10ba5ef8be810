"""Read what people give the stack by ``PARAMETERS="Name=value Other='a value with blanks'"``, and so by ``TAGS``."""

import shlex
from collections import Counter

from chalicelib.config.file import ConfigError

_QUOTED = "put quotes around a value with blanks: {of}=\"Name='a value with blanks'\""

_OF_MAKE = {
    "Stage": "STAGE=...",
    "ArtifactsBucket": "ARTIFACTS=...",
    "CodeKey": "`make deploy` itself, which uploads the code",
    "RulesFormat": "`make deploy` itself, which writes the rules",
    "RulesKey": "`make deploy` itself, which uploads the rules",
}


def read_parameters(text: str) -> dict[str, str]:
    """Return the values by their names.

    Raises:
        ConfigError: all that is wrong with them.
    """
    values, problems = _read(text, "PARAMETERS")
    problems += [
        f"PARAMETERS: {name} is given by {_OF_MAKE[name]}; leave it out" for name in values if name in _OF_MAKE
    ]
    if problems:
        raise ConfigError(problems)
    return values


def read_tags(text: str) -> dict[str, str]:
    """Return the tags' values by their names.

    Raises:
        ConfigError: all that is wrong with them.
    """
    values, problems = _read(text, "TAGS")
    problems += [f"TAGS: {name}: AWS keeps names with aws: for itself" for name in values if name.startswith("aws:")]
    if problems:
        raise ConfigError(problems)
    return values


def _read(text: str, of: str) -> tuple[dict[str, str], list[str]]:
    """Return the values by their names, and what is wrong with the text; ``of`` is what people give it by."""
    try:
        pairs = [part.partition("=") for part in shlex.split(text)]
    except ValueError:
        return {}, [f"{of}: a quote in {text!r} is not closed"]
    names = [name for name, equals, _ in pairs if name and equals]
    odd = [repr("".join(pair)) for pair in pairs if not (pair[0] and pair[1])]
    problems = [f"{of}: {', '.join(odd)}: not Name=value; {_QUOTED.format(of=of)}"] if odd else []
    problems += [f"{of}: {name} is given twice" for name, times in Counter(names).items() if times > 1]
    return {name: value for name, _, value in pairs}, problems
