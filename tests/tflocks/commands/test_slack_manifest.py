"""``tflocks slack-manifest``: what is pasted into Slack."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.config.test_file import LEAST
from tests.tflocks.account import Account, an_account, refused_stack, run

ROOT = Path(__file__).parent.parent.parent.parent
TEXT = (ROOT / "tflocks" / "slack-manifest.yaml").read_text()
HOST = "https://abc123.execute-api.{}/api/slack/{}"
GIVEN = (
    "--actions-url",
    "https://reaper.acme.dev/slack/actions",
    "--commands-url",
    "https://reaper.acme.dev/slack/commands",
)
BEFORE_A_STACK = "Before there is a stack: --actions-url and --commands-url"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with an_account(monkeypatch) as made:
        yield made


def printed(*options: str) -> dict[str, Any]:
    done = run("slack-manifest", *options)
    assert done.exit_code == 0, done.stderr
    told: dict[str, Any] = yaml.safe_load(done.stdout)
    return told


def urls_of(manifest: dict[str, Any]) -> tuple[str, str]:
    [command] = manifest["features"]["slash_commands"]
    return manifest["settings"]["interactivity"]["request_url"], command["url"]


def config(folder: Path, more: str = "") -> str:
    file = folder / "reaper.toml"
    rest = LEAST.replace("releasers = []\n", "") if "releasers" in more else LEAST
    file.write_text(rest.replace("[slack]\n", f"[slack]\n{more}\n"))
    return str(file)


def scopes(*options: str) -> set[str]:
    return set(printed(*GIVEN, *options)["oauth_config"]["scopes"]["bot"])


@pytest.mark.parametrize(
    "suffix",
    [
        "eu-central-1.amazonaws.com",
        "us-gov-west-1.amazonaws.com",
        "cn-north-1.amazonaws.com.cn",
        "eusc-de-east-1.amazonaws.eu",
    ],
)
def test_the_urls_of_the_stack_are_in_it_in_every_partition(account: Account, suffix: str) -> None:
    actions, commands = HOST.format(suffix, "actions"), HOST.format(suffix, "commands")
    account.stack(SlackActionsUrl=actions, SlackCommandsUrl=commands)
    assert urls_of(printed()) == (actions, commands)


def test_all_else_is_the_manifest_as_it_is_kept_comments_and_all() -> None:
    shown = run("slack-manifest", *GIVEN).stdout
    for name in ("actions", "commands"):
        shown = shown.replace(f"https://reaper.acme.dev/slack/{name}", f"https://example.invalid/api/slack/{name}")
    assert shown == TEXT


def test_given_urls_need_no_stack_and_no_credentials() -> None:
    assert urls_of(printed(*GIVEN)) == (GIVEN[1], GIVEN[3])


def test_the_json_says_the_same() -> None:
    assert json.loads(run("slack-manifest", *GIVEN, "--json").stdout) == printed(*GIVEN)


def test_for_an_organisation_an_admin_may_install_it_everywhere() -> None:
    assert printed(*GIVEN)["settings"]["org_deploy_enabled"] is False
    assert printed(*GIVEN, "--org")["settings"]["org_deploy_enabled"] is True


@pytest.mark.parametrize(
    ("more", "left_out"),
    [
        ("", {"usergroups:read", "users:read", "users:read.email"}),
        ('enterprise_id = "E0DEMO"', {"usergroups:read", "users:read.email"}),
        ('releasers = ["S0PLATFORM"]', {"users:read", "users:read.email"}),
        ("owner_emails = true", {"usergroups:read"}),
    ],
)
def test_a_configuration_leaves_out_the_scopes_that_it_does_not_need(
    tmp_path: Path, more: str, left_out: set[str]
) -> None:
    assert scopes() - scopes("--config", config(tmp_path, more)) == left_out


def test_no_comment_of_a_scope_stays_behind(tmp_path: Path) -> None:
    shown = run("slack-manifest", *GIVEN, "--config", config(tmp_path)).stdout
    assert all(words not in shown for words in ("user group", "session name", "owner_emails", "asks for it too"))
    assert "every channel" not in shown or "channels:read" in shown


def test_an_app_for_an_organisation_that_the_rules_do_not_know_is_remarked_on(tmp_path: Path) -> None:
    done = run("slack-manifest", *GIVEN, "--org", "--config", config(tmp_path))
    assert done.exit_code == 0
    assert "no enterprise_id" in done.stderr


def test_without_a_stack_it_says_so_and_what_else_there_is(account: Account) -> None:
    done = run("slack-manifest", "--stage", "test")
    assert done.exit_code == 1
    assert "there is no stack tflock-reaper-test" in done.stderr
    assert BEFORE_A_STACK in done.stderr


def test_another_stack_is_no_reaper(account: Account) -> None:
    account.stack(SlackActionsUrl=HOST.format("eu-central-1.amazonaws.com", "actions"))
    done = run("slack-manifest", "--stack", "tflock-reaper-prod")
    assert done.exit_code == 1
    assert "is not a whole reaper: it has no output 'SlackCommandsUrl'" in done.stderr


def test_who_may_not_look_at_the_stack_is_told(account: Account) -> None:
    account.stacks.always(refused_stack("AccessDenied", "not allowed"))
    done = run("slack-manifest")
    assert done.exit_code == 1
    assert BEFORE_A_STACK in done.stderr


@pytest.mark.parametrize(
    "url", ["http://abc.example/api/slack/actions", "", "https://a b/", "https://a\nx: y", "https://"]
)
def test_a_stack_with_a_url_that_slack_would_not_take_is_an_error(account: Account, url: str) -> None:
    account.stack(SlackActionsUrl=url, SlackCommandsUrl=HOST.format("x", "commands"))
    done = run("slack-manifest")
    assert done.exit_code == 1
    assert "an output of stack tflock-reaper-prod cannot be used" in done.stderr
    assert not done.stdout


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--actions-url", "https://a.example/x"), "go together"),
        (("--commands-url", "https://a.example/x"), "go together"),
        (
            ("--actions-url", "ftp://a.example", "--commands-url", "https://a.example/x"),
            "--actions-url: 'ftp://a.example'",
        ),
        (("--actions-url", "https://a.example/x", "--commands-url", "https://a.example/x # y"), "--commands-url: "),
        (("--actions-url", "https://a.example/x", "--commands-url", "https://a.example/x"), "are the same"),
    ],
)
def test_a_wrong_url_is_named(options: tuple[str, ...], problem: str) -> None:
    done = run("slack-manifest", *options)
    assert done.exit_code == 2
    assert problem in done.stderr
