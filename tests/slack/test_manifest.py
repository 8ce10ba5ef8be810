import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from slack_sdk import WebClient

import chalicelib.slack
from tests.slack.scopes import SCOPES

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "tflocks" / "slack-manifest.yaml").read_text()
MANIFEST: dict[str, Any] = yaml.safe_load(TEXT)


def methods_called() -> set[str]:
    """As slack_sdk calls them."""
    sources = "".join(path.read_text() for path in Path(chalicelib.slack.__path__[0]).rglob("*.py"))
    return {name for name in re.findall(r'"(\w+)"', sources) if hasattr(WebClient, name)}


def test_the_manifest_asks_for_the_scopes_of_the_methods_that_are_called_and_no_others() -> None:
    assert methods_called() == SCOPES.keys()
    needed = {scope for method in methods_called() for scope in SCOPES[method]} | {"commands"}
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed


@pytest.mark.parametrize("scope", MANIFEST["oauth_config"]["scopes"]["bot"])
def test_every_scope_says_why(scope: str) -> None:
    assert re.search(rf"- {re.escape(scope)} +# \S+", TEXT)


def test_clicks_and_commands_come_to_the_app_s_two_routes() -> None:
    (command,) = MANIFEST["features"]["slash_commands"]
    assert (command["command"], command["should_escape"]) == ("/tflocks", True)
    routes = re.findall(r'@app.route\("([^"]+)"', (ROOT / "chalicelib" / "entries" / "slack.py").read_text())
    urls = [MANIFEST["settings"]["interactivity"]["request_url"], command["url"]]
    assert urls == [f"https://example.invalid/api{route}" for route in routes]


def test_the_app_has_direct_messages_that_nobody_can_answer() -> None:
    home = MANIFEST["features"]["app_home"]
    assert (home["messages_tab_enabled"], home["messages_tab_read_only_enabled"]) == (True, True)
