"""The form of a Slack app's manifest, as far as ours uses it, in our own words.

By docs.slack.dev/reference/app-manifest and Slack's published schema (github.com/slackapi/manifest-schema, MIT). That
schema is not kept here; ``test_manifest_schema.py`` compares the two where a copy of it is on the machine.
"""

from typing import Any

from tests.slack.scopes import SCOPES


def _all_of(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """Return the form of an object that has no other keys: a key with a typing error is one."""
    return {"type": "object", "additionalProperties": False, "required": [*required], "properties": properties}


def _text(longest: int, **more: Any) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": longest, **more}


_YES_OR_NO = {"type": "boolean"}
_URL = _text(3000, pattern="^https://")
_COMMAND = _all_of(
    ("command", "description"),
    command=_text(32, pattern="^/[a-z0-9_-]+$"),
    url=_URL,
    description=_text(2000),
    usage_hint=_text(1000),
    should_escape=_YES_OR_NO,
)
_SCOPES = sorted({scope for scopes in SCOPES.values() for scope in scopes} | {"commands"})

FORM = _all_of(
    ("_metadata", "display_information", "features", "oauth_config", "settings"),
    _metadata=_all_of(("major_version",), major_version={"const": 1}, minor_version={"type": "integer"}),
    display_information=_all_of(
        ("name",),
        name=_text(35),
        description=_text(140),
        background_color=_text(7, pattern="^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"),
    ),
    features=_all_of(
        ("bot_user",),
        app_home=_all_of(
            home_tab_enabled=_YES_OR_NO, messages_tab_enabled=_YES_OR_NO, messages_tab_read_only_enabled=_YES_OR_NO
        ),
        bot_user=_all_of(("display_name",), display_name=_text(80), always_online=_YES_OR_NO),
        slash_commands={"type": "array", "minItems": 1, "maxItems": 50, "items": _COMMAND},
    ),
    oauth_config=_all_of(
        ("scopes",),
        scopes=_all_of(bot={"type": "array", "uniqueItems": True, "items": {"enum": _SCOPES}}),
    ),
    settings=_all_of(
        interactivity=_all_of(("is_enabled",), is_enabled=_YES_OR_NO, request_url=_URL),
        org_deploy_enabled=_YES_OR_NO,
        socket_mode_enabled=_YES_OR_NO,
        token_rotation_enabled=_YES_OR_NO,
    ),
)
