"""Compare the rules that are deployed with those of the file at hand, in the words of that file."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from shlex import quote
from typing import Any, Protocol

import msgspec

from chalicelib.core.brief import told_briefly
from chalicelib.core.doctor.finding import Finding, Fix, green, yellow
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.duration import in_words
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Route, Rules

RULES = "reaper.rules"
_NAMED = 3
_NOTHING = "nothing"
_TOLD_APART = {"targets", "discoveries", "routes", "home", "home_region", "all_known", "member"}
_ALL = ("*",)


class Settings(Protocol):
    """The checked configuration (``checked_rules.Config``), which the core does not know."""

    @property
    def slack_app(self) -> str:
        """Return the ID of the Slack app."""

    @property
    def slack_api(self) -> str:
        """Return the URL of Slack's API."""

    @property
    def rules(self) -> Rules:
        """Return the rules."""


def judge_rules(subject: str, deployed: Settings | None, at_hand: Settings | None, parts: Parts) -> list[Finding]:
    """Return whether the rules that are deployed are those of the file at hand."""
    if deployed is None or at_hand is None:
        return []
    differing = differences(_in_place(deployed, parts), _in_place(at_hand, parts))
    if not differing:
        return [green(RULES, subject, "the rules that are deployed are those of the file at hand")]
    do = (
        "If the file at hand is the one that should count, deploy it; if not, get the one that was deployed from "
        "where your team keeps it."
    )
    fix = Fix(do=do, cli=f"make deploy STAGE={quote(parts.stage)} CONFIG=reaper.toml")
    few = told_briefly(differing[:_NAMED])
    seen = f"the rules that are deployed differ from the file at hand in {len(differing)} values: {few}"
    return [yellow(RULES, subject, seen, fix, details=tuple(differing))]


def differences(deployed: Mapping[str, str], at_hand: Mapping[str, str]) -> list[str]:
    """Return a line for each value that differs: where it is, what is deployed, and what the file says."""
    names = dict.fromkeys([*deployed, *at_hand])
    return [
        f"{name}: deployed {deployed.get(name, _NOTHING)}, in the file {at_hand.get(name, _NOTHING)}"
        for name in names
        if deployed.get(name) != at_hand.get(name)
    ]


def _in_place(settings: Settings, parts: Parts) -> dict[str, str]:
    """Return each value of the configuration by its name, as written for a stack in this account and region."""
    rules = settings.rules.at_home(parts.account, parts.region)
    told = {"slack app_id": settings.slack_app, "slack api_url": settings.slack_api}
    told |= {f"slack {name}": _said(value) for name, value in _fields(rules) if name not in _TOLD_APART}
    for target in rules.targets:
        told |= {} if _found(target, rules) else _flat(_target(target), target)
    for rule in rules.discoveries:
        told |= _flat(f"discover {rule.called}", rule)
    for route in rules.routes:
        told |= _flat(_route(route), route.policy)
    return told | {"order of the routes": ", ".join(map(_route, rules.routes))}


def _found(target: Target, rules: Rules) -> bool:
    """Return whether a target rule may have found a target, which then is in no file."""
    return any(rule.kind is target.kind and rule.named(target.container) for rule in rules.discoveries)


def _target(target: Target) -> str:
    where = ", ".join(part for part in (target.account.id, target.region or "") if part)
    return f"{target.called} ({where})" if where else target.called


def _route(route: Route) -> str:
    paths = "all other states" if route.state_paths == _ALL else " ".join(route.state_paths)
    return f"route {paths}" if route.accounts == _ALL else f"route {paths} of {' '.join(route.accounts)}"


def _flat(name: str, thing: Target | Discovery | msgspec.Struct) -> dict[str, str]:
    """Return that a thing is there, and each of its values that is not empty."""
    values = {f"{name} {field}": _said(value) for field, value in _fields(thing) if value not in (None, "", (), {})}
    return {name: "it", **values}


def _fields(thing: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    return ((field, getattr(thing, field)) for field in thing.__struct_fields__)


def _said(value: Any) -> str:
    """Write a value as people do."""
    if isinstance(value, timedelta):
        return in_words(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_said(one)}" for key, one in value.items()) or _NOTHING
    if isinstance(value, tuple | list):
        return " ".join(map(_said, value)) or _NOTHING
    if isinstance(value, msgspec.Struct):
        return " ".join(f"{field}={_said(one)}" for field, one in _fields(value) if one) or _NOTHING
    return str(value)
