"""What the rules name of Slack, and where: each name once, with all the keys of ``reaper.toml`` that have it."""

from collections.abc import Iterable, Iterator, Mapping

from chalicelib.core.policy import EVERYBODY, EVERYONE, GROUP_LETTER, Policy, Route, Rules
from chalicelib.core.visible import visible

Named = Mapping[str, tuple[str, ...]]
"""IDs with the keys that have them, as people find these in ``reaper.toml``."""
_MOST_KEYS = 3
_LONGEST_PATTERN = 60


def channels(rules: Rules) -> Named:
    """Return the channels of all routes."""
    return _gathered((policy.channel, f"channel of {where}") for where, policy in _each(rules))


def groups(rules: Rules) -> Named:
    """Return the user groups of all routes."""
    return _gathered((name, key) for name, key in _names(rules) if name.startswith(GROUP_LETTER))


def people(rules: Rules) -> Named:
    """Return the single users of all routes."""
    nobody = EVERYBODY | {EVERYONE}
    return _gathered(
        (name, key) for name, key in _names(rules) if name not in nobody and not name.startswith(GROUP_LETTER)
    )


def releasers(rules: Rules) -> dict[str, tuple[str, ...]]:
    """Return who may release, by route; without the routes where everyone may, or nobody on purpose."""
    listed = {where: policy.releasers for where, policy in _each(rules)}
    return {where: names for where, names in listed.items() if names and EVERYONE not in names}


def told(keys: Iterable[str]) -> str:
    """Return the first keys in words."""
    first = list(keys)
    more = len(first) - _MOST_KEYS
    return "; ".join(first[:_MOST_KEYS]) + (f"; and {more} more" if more > 0 else "")


def _each(rules: Rules) -> Iterator[tuple[str, Policy]]:
    for number, route in enumerate(rules.routes[:-1]):
        yield f"routes[{number}] ({_called(route)})", route.policy
    yield "[slack]", rules.routes[-1].policy


def _called(route: Route) -> str:
    pattern = visible(route.state_paths[0])
    return pattern if len(pattern) <= _LONGEST_PATTERN else f"{pattern[:_LONGEST_PATTERN]}…"


def _names(rules: Rules) -> Iterator[tuple[str, str]]:
    """Yield those who may release before all others, who only miss a mention."""
    every = list(_each(rules))
    yield from ((name, f"releasers of {where}") for where, policy in every for name in policy.releasers)
    for where, policy in every:
        yield from ((name, f"mentions of {where}") for names in policy.mentions.values() for name in names)
        yield from ((name, f"owners of {where}") for name in policy.owners.values())


def _gathered(names: Iterable[tuple[str, str]]) -> Named:
    found: dict[str, dict[str, None]] = {}
    for name, key in names:
        found.setdefault(name, {})[key] = None
    return {name: tuple(keys) for name, keys in found.items()}
