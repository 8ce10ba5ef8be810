"""The manifest as Slack reads it, by our form of it, which ``published_manifest_schema.py`` compares with Slack's."""

from copy import deepcopy
from functools import reduce
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from msgspec.structs import replace

from chalicelib.core.doctor.slack.app import scopes_not_needed
from tests.builders import some_rules
from tests.slack.manifest_form import FORM
from tflocks.commands.slack_manifest.filling import Installation, filled, template

HOST = "https://abc123.execute-api.eu-central-1.amazonaws.com/api/slack"
ONE = Installation(actions=f"{HOST}/actions", commands=f"{HOST}/commands")
KINDS = {
    "as it is kept": template(),
    "filled in": filled(template(), ONE),
    "for an organisation": filled(template(), replace(ONE, organisation=True)),
    "with few scopes": filled(template(), replace(ONE, without=scopes_not_needed(some_rules()))),
}
COMMAND = ("features", "slash_commands", 0)
WRONG: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "an unknown section": (("setings",), {}),
    "a key with a typing error": (("settings", "org_deploy_enable"), True),
    "another one": (("settings", "interactivity", "request_uri"), HOST),
    "one of the app's home": (("features", "app_home", "message_tab_enabled"), True),
    "one of a command": ((*COMMAND, "hint"), "[all]"),
    "one of the scopes": (("oauth_config", "scopes", "bots"), ["chat:write"]),
    "one of the app's looks": (("display_information", "colour"), "#4a154b"),
    "no name": (("display_information", "name"), ""),
    "a name that is too long": (("display_information", "name"), "x" * 36),
    "a description that is too long": (("display_information", "description"), "x" * 141),
    "a word for a yes": (("settings", "interactivity", "is_enabled"), "yes"),
    "no address": (("settings", "interactivity", "request_url"), "abc123/api/slack/actions"),
    "one scope that is no list": (("oauth_config", "scopes", "bot"), "chat:write"),
    "a command that is no list": (("features", "slash_commands"), {"command": "/tflocks"}),
    "a hint that is too long": ((*COMMAND, "usage_hint"), "x" * 1001),
}
"""Each is one mistake: where it is, and what stands there."""
ONLY_OURS: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "a scope with a typing error": (("oauth_config", "scopes", "bot"), ["chat:wirte"]),
    "an address that anybody can read": (("settings", "interactivity", "request_url"), "http://abc123.example/api"),
    "a colour that is none": (("display_information", "background_color"), "purple"),
}
"""What Slack's schema lets pass, and Slack itself does not."""


def manifest(text: str = KINDS["filled in"]) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(text)
    return told


def with_mistake(where: tuple[str | int, ...], what: Any) -> dict[str, Any]:
    changed: Any = deepcopy(manifest())
    reduce(lambda at, key: at[key], where[:-1], changed)[where[-1]] = what
    return dict(changed)


def problems(form: dict[str, Any], told: dict[str, Any]) -> list[str]:
    return [f"{list(error.path)}: {error.message}" for error in Draft7Validator(form).iter_errors(told)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_manifest_that_is_printed_has_slack_s_form(kind: str) -> None:
    assert problems(FORM, manifest(KINDS[kind])) == []


@pytest.mark.parametrize("mistake", WRONG | ONLY_OURS)
def test_a_manifest_with_a_mistake_has_not(mistake: str) -> None:
    assert len(problems(FORM, with_mistake(*(WRONG | ONLY_OURS)[mistake]))) == 1
