"""Fill in the manifest of the Slack app; it stays the text that people read, comments and all."""

import re
from importlib.resources import files

import msgspec

ACTIONS = "https://example.invalid/api/slack/actions"
COMMANDS = "https://example.invalid/api/slack/commands"
"""What ``slack-manifest.yaml`` has where an installation has its URLs."""
_ONE_WORKSPACE = "org_deploy_enabled: false"
_WHOLE_ORGANISATION = "org_deploy_enabled: true"
_URL = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~%/-]*)?")
_SCOPE = re.compile(r"      - ([a-z:.]+) *#.*")
_FURTHER_COMMENT = re.compile(r" +#.*")


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """What differs from one installation to the next."""

    actions: str
    """Where Slack sends clicks."""
    commands: str
    """Where Slack sends slash commands."""
    organisation: bool = False
    """Whether an admin may install the app for a whole Enterprise Grid organisation."""
    without: frozenset[str] = frozenset()
    """Scopes to leave out."""


def template() -> str:
    """Return ``slack-manifest.yaml``."""
    return (files("tflocks") / "slack-manifest.yaml").read_text(encoding="utf-8")


def url_problem(url: str) -> str:
    """Return why Slack, or a manifest, would not take a URL, or ""."""
    if not url.startswith("https://"):
        return f"{url!r} is no https:// address, and Slack sends clicks to no other"
    return "" if _URL.fullmatch(url) else f"{url!r} is no address of an API (https://<host>/<path>)"


def filled(text: str, installation: Installation) -> str:
    """Return the manifest of one installation."""
    text = text.replace(ACTIONS, installation.actions).replace(COMMANDS, installation.commands)
    if installation.organisation:
        text = text.replace(_ONE_WORKSPACE, _WHOLE_ORGANISATION)
    return _without(text, installation.without)


def _without(text: str, scopes: frozenset[str]) -> str:
    kept, dropping = [], False
    for line in text.splitlines(keepends=True):
        scope = _SCOPE.fullmatch(line.rstrip())
        # The comment of a scope goes on in the lines below it, which hold nothing else.
        dropping = scope[1] in scopes if scope else dropping and bool(_FURTHER_COMMENT.fullmatch(line.rstrip()))
        kept.append("" if dropping else line)
    return "".join(kept)
