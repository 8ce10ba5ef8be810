"""Answer ``tflocks slack-manifest``: the manifest of the Slack app, with the URLs of a deployed stack in it."""

import json
from typing import Any

import click
import msgspec

from chalicelib.checked_rules import Config
from chalicelib.core.doctor.slack.app import scopes_not_needed
from tflocks.arguments.configuration import Configuration
from tflocks.commands.slack_manifest.filling import Installation, filled, template, url_problem
from tflocks.output.terminal import tell

_NO_ENTERPRISE = (
    "note: reaper.toml has no enterprise_id, so the reaper will not know the people of your organisation's other "
    'workspaces. Set enterprise_id = "E..." under [slack].'
)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line."""

    as_json: bool
    org: bool
    config: Config | None
    actions_url: str | None
    commands_url: str | None
    stage: str
    stack: str | None
    region: str | None
    profile: str | None


@click.command(name="slack-manifest", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--json", "as_json", is_flag=True, help="JSON, for Slack's API and CLI.  [default: YAML, with comments]")
@click.option("--org", is_flag=True, help="For the whole organisation of an Enterprise Grid. It cannot be undone.")
@click.option(
    "--config", type=Configuration(), metavar="FILE", help="Your reaper.toml: leave out the scopes it does not need."
)
@click.option("--actions-url", metavar="URL", help="Where clicks go, instead of asking AWS; with --commands-url.")
@click.option("--commands-url", metavar="URL", help="Where /tflocks goes, instead of asking AWS.")
@click.option("--stage", default="prod", show_default=True, help="The reaper's stage.")
@click.option("--stack", metavar="NAME", help="The reaper's stack.  [default: tflock-reaper-STAGE]")
@click.option("--region", help="The region of the reaper.")
@click.option("--profile", help="A profile of your AWS configuration.")
def command(**given: Any) -> None:
    """Print the manifest of the Slack app, with the URLs of your stack in it.

    Paste it at api.slack.com/apps: Create New App, From a manifest. For an app that is there: App Manifest, in its
    settings.

    Exit status: 0; 1 if the stack does not tell its URLs; 2 for a wrong command line.
    """
    options = Options(**given)
    manifest = filled(template(), _installation(options))
    click.echo(_as_json(manifest) if options.as_json else manifest, nl=options.as_json)
    if options.org and options.config and not options.config.rules.enterprise:
        tell(_NO_ENTERPRISE)


def _installation(options: Options) -> Installation:
    actions, commands = _given(options.actions_url, options.commands_url) or _deployed(options)
    without = scopes_not_needed(options.config.rules) if options.config else frozenset[str]()
    return Installation(actions=actions, commands=commands, organisation=options.org, without=without)


def _given(actions: str | None, commands: str | None) -> tuple[str, str] | None:
    if actions is None and commands is None:
        return None
    if actions is None or commands is None:
        raise click.UsageError("--actions-url and --commands-url go together: Slack needs both")
    for option, url in (("--actions-url", actions), ("--commands-url", commands)):
        if problem := url_problem(url):
            raise click.UsageError(f"{option}: {problem}")
    if actions == commands:
        raise click.UsageError("--actions-url and --commands-url are the same: the API has an address for each")
    return actions, commands


def _deployed(options: Options) -> tuple[str, str]:
    # These import boto3, which takes longer than all else; help and given URLs do not need it.
    from tflocks.live.aws import Aws  # noqa: PLC0415
    from tflocks.live.reaper import NoReaperError, slack_urls  # noqa: PLC0415
    from tflocks.sources.clients import session_of  # noqa: PLC0415

    stack = options.stack or f"tflock-reaper-{options.stage}"
    try:
        urls = slack_urls(Aws(session_of(options.profile, options.region)), stack)
    except NoReaperError as error:
        raise click.ClickException(f"{error}. Before there is a stack: --actions-url and --commands-url") from error
    for url in urls:
        if problem := url_problem(url):
            raise click.ClickException(f"an output of stack {stack} cannot be used: {problem}")
    return urls


def _as_json(manifest: str) -> str:
    return json.dumps(msgspec.yaml.decode(manifest), indent=2)
