"""The tables of variables and outputs in the READMEs. ``python -m tests.deploy.terraform.tables`` writes them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from deploy.commands import ROOT

MODULE = ROOT / "terraform"
DOCUMENTED = (MODULE, MODULE / "modules" / "wire-bucket")
"""The modules that have a README."""
_BLOCK = re.compile(r'^(variable|output) "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
_VALUE = re.compile(r"^  (description|type|default) *= (.*?)(?=^  \w|\Z)", re.MULTILINE | re.DOTALL)


class Declared(NamedTuple):
    """A variable or an output."""

    kind: str
    name: str
    says: str
    type: str
    default: str | None
    """As it is written; None: it has to be given."""


def declared(module: Path) -> list[Declared]:
    """All variables and outputs of a module, in the order in which they stand there."""
    text = (module / "variables.tf").read_text() + (module / "outputs.tf").read_text()
    return [_declared(*block) for block in _BLOCK.findall(text)]


def _declared(kind: str, name: str, body: str) -> Declared:
    values = {key: value.strip() for key, value in _VALUE.findall(body)}
    says = values["description"][1:-1].replace('\\"', '"')
    return Declared(kind, name, says, " ".join(values.get("type", "").split()), values.get("default"))


def tables(module: Path) -> dict[str, str]:
    """The two tables of a module's README, by their headings."""
    variables = [one for one in declared(module) if one.kind == "variable"]
    outputs = [one for one in declared(module) if one.kind == "output"]
    return {
        "Variables": "\n".join(["| variable | type | default | |", "| --- | --- | --- | --- |", *_rows(variables)]),
        "Outputs": "\n".join(["| output | |", "| --- | --- |", *(f"| `{one.name}` | {one.says} |" for one in outputs)]),
    }


def _rows(variables: list[Declared]) -> Iterator[str]:
    for one in variables:
        kind = re.sub(r"object\(\{.*\}\)", "object", one.type)
        default = "*has to be given*" if one.default is None else f"`{one.default}`"
        yield f"| `{one.name}` | `{kind}` | {default} | {one.says} |"


def written(module: Path, text: str) -> str:
    """The README with both tables as they should be; all from the heading of the first on is made of these."""
    own, heading, _ = text.partition("\n## Variables\n")
    made = tables(module)
    return f"{own}{heading}{made['Variables']}\n\n## Outputs\n{made['Outputs']}\n"


if __name__ == "__main__":
    for each in DOCUMENTED:
        readme = each / "README.md"
        readme.write_text(written(each, readme.read_text()))
