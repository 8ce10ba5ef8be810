"""Read what people give the stack by ``PARAMETERS="Name=value Other='a value with blanks'"``."""

import difflib
import shlex
from collections import Counter
from collections.abc import Collection, Mapping

from chalicelib.config.file import ConfigError

_QUOTED = "put quotes around a value with blanks: PARAMETERS=\"Name='a value with blanks'\""

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
    try:
        pairs = [part.partition("=") for part in shlex.split(text)]
    except ValueError:
        raise ConfigError([f"PARAMETERS: a quote in {text!r} is not closed"]) from None
    names = [name for name, equals, _ in pairs if name and equals]
    odd = [repr("".join(pair)) for pair in pairs if not (pair[0] and pair[1])]
    problems = [f"PARAMETERS: {', '.join(odd)}: not Name=value; {_QUOTED}"] if odd else []
    problems += [f"PARAMETERS: {name} is given twice" for name, times in Counter(names).items() if times > 1]
    problems += [f"PARAMETERS: {name} is given by {_OF_MAKE[name]}; leave it out" for name in names if name in _OF_MAKE]
    if problems:
        raise ConfigError(problems)
    return {name: value for name, _, value in pairs}


def check_known(given: Mapping[str, str], known: Collection[str]) -> None:
    """Check that the stack has these parameters.

    Raises:
        ConfigError: those that it does not have.
    """
    odd = [name for name in given if name not in known]
    if odd:
        raise ConfigError([f"PARAMETERS: the stack has no parameter {name}{_meant(name, known)}" for name in odd])


def _meant(name: str, known: Collection[str]) -> str:
    by_small_letters = {one.lower(): one for one in known}
    near = difflib.get_close_matches(name.lower(), by_small_letters, n=1)
    return f"; did you mean {by_small_letters[near[0]]}?" if near else "; .chalice/resources.yaml lists them"
