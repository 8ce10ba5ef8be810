"""Answer ``tflocks rules``: check a ``reaper.toml``, and write what a stack is given by it. It calls nothing of AWS."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from chalicelib.config.file import ConfigError, load
from chalicelib.stack.installation import Installation, as_cloudformation_takes_them, checked
from chalicelib.stack.parameters import ANYWHERE, Home
from tflocks.output.mistakes import MistakesError
from tflocks.output.terminal import tell

PARAMETERS = "parameters.json"


@dataclass(frozen=True)
class Options:
    """What the command line says."""

    config: Path
    stage: str
    out: Path | None
    region: str
    account: str
    partition: str
    given: tuple[str, ...]

    @property
    def home(self) -> Home:
        """Return where the stack will be."""
        return Home(self.partition, self.region, self.account)


@click.command(name="rules", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("config", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--stage", default="prod", show_default=True, help="The stage of the stack.")
@click.option("--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Where the two files go.")
@click.option("--region", default=ANYWHERE.region, help="The region of the stack.  [default: any]")
@click.option("--account", default=ANYWHERE.account, help="The account of the stack.  [default: any]")
@click.option("--partition", default=ANYWHERE.partition, show_default=True, help="The partition of the stack.")
@click.option(
    "--parameter", "given", metavar="NAME=VALUE", multiple=True, help="Another parameter of the stack; any number."
)
def command(**given: Any) -> None:
    """Check a reaper.toml, and write what a stack is given by it.

    With --out it writes the rules layer (rules-....zip) and the parameters (parameters.json, for `aws cloudformation
    deploy --parameter-overrides file://...`). Without, it only checks.

    Exit status: 0; 1 with all mistakes of the file; 2 for a wrong command line.
    """
    options = Options(**given)
    try:
        installed = checked(lambda: load(options.config), options.stage, options.home, _pairs(options.given))
    except ConfigError as error:
        raise MistakesError(f"no rules can be made of {options.config}:", error.problems) from None
    tell(*installed.remarks)
    if options.out is None:
        click.echo("no mistakes")
    else:
        _write(installed, options.out)


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    odd = next((pair for pair in given if "=" not in pair), None)
    if odd is not None:
        raise click.BadParameter(f"{odd}: expected NAME=VALUE", param_hint="--parameter")
    return {name: value for name, _, value in (pair.partition("=") for pair in given)}


def _write(installed: Installation, out: Path) -> None:
    key = installed.parameters["RulesKey"]
    layer, parameters = out / Path(key).name, out / PARAMETERS
    try:
        out.mkdir(parents=True, exist_ok=True)
        layer.write_bytes(installed.rules)
        parameters.write_text(json.dumps(as_cloudformation_takes_them(installed.parameters), indent=2) + "\n")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written ({error.strerror})") from None
    click.echo(f"{layer}\n{parameters}")
    bucket = installed.parameters.get("ArtifactsBucket", "YOUR-BUCKET")
    tell(f"upload the layer: aws s3 cp {layer} s3://{bucket}/{key}")
