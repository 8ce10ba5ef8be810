"""Answer ``tflocks targets``: every bucket and table that the reaper sweeps, and why."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from chalicelib.core.visible import visible
from tflocks.output.terminal import tell
from tflocks.words import counted

if TYPE_CHECKING:
    from tflocks.live.targets import KnownTarget

_NOT_KNOWN = 2
_HEAD = ("TARGET", "ACCOUNT", "REGION", "FOUND BY")


@click.command(name="targets", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--stage", default="prod", show_default=True, help="The reaper's stage.")
@click.option("--stack", metavar="NAME", help="The reaper's stack.  [default: tflock-reaper-STAGE]")
@click.option("--region", help="The region of the reaper.")
@click.option("--profile", help="A profile of your AWS configuration.")
def command(as_json: bool, stage: str, stack: str | None, region: str | None, profile: str | None) -> None:  # noqa: FBT001
    """Every bucket and lock table that the reaper sweeps.

    Those that reaper.toml names, and those that its target rules found last, with the rule that found each.

    Exit status: 0; 1 if there is no reaper, or its rules cannot be read; 2 if it is not known what the rules found.
    """
    targets, gap = _known(stack or f"tflock-reaper-{stage}", region, profile)
    rows = [_row(one) for one in targets]
    click.echo(_document(rows, gap) if as_json else _table(rows))
    if gap:
        tell(gap)
        sys.exit(_NOT_KNOWN)


def _known(stack: str, region: str | None, profile: str | None) -> "tuple[list[KnownTarget], str]":
    # These import boto3, which takes longer than all else; help and a wrong command line do not need it.
    from tflocks.live.aws import Aws  # noqa: PLC0415
    from tflocks.live.reaper import NoReaperError, find_reaper, rules_of  # noqa: PLC0415
    from tflocks.live.targets import found, known_targets  # noqa: PLC0415
    from tflocks.sources.clients import session_of  # noqa: PLC0415

    aws = Aws(session_of(profile, region))
    try:
        reaper = find_reaper(aws, stack)
    except NoReaperError as error:
        raise click.ClickException(str(error)) from error
    rules, gap = rules_of(reaper, aws)
    if rules is None:
        raise click.ClickException(gap)
    containers, gap = found(rules, reaper.book, aws)
    return known_targets(rules, containers), gap


def _row(known: "KnownTarget") -> dict[str, Any]:
    return {
        "kind": known.target.kind.value,
        "name": known.target.container,
        "prefixes": list(known.target.prefixes),
        "account": known.account.id,
        "account_name": known.account.name,
        "region": known.region,
        "found_by": known.rule,
        "target": known.target.called,
        "called": known.account.called,
    }


def _document(rows: list[dict[str, Any]], gap: str) -> str:
    shown = [{name: value for name, value in row.items() if name not in {"target", "called"}} for row in rows]
    return json.dumps({"schema": 1, "targets": shown, "problems": [gap] if gap else []}, indent=2)


def _table(rows: list[dict[str, Any]]) -> str:
    cells = [_HEAD, *((_where(row), row["called"], row["region"] or "-", row["found_by"]) for row in rows)]
    shown = [tuple(visible(cell) for cell in line) for line in cells]
    widths = [max(len(line[column]) for line in shown) for column in range(len(_HEAD))]
    lines = ("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) for line in shown)
    return "\n".join([counted(len(rows), "target"), "", *(line.rstrip() for line in lines)])


def _where(row: dict[str, Any]) -> str:
    return " ".join([row["target"], *row["prefixes"]])
