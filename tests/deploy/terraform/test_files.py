"""The modules' files: their form, their READMEs, and that no parameter of the template is forgotten."""

import re
from pathlib import Path

import pytest

from chalicelib.config.file import parse
from chalicelib.stack.installation import installation
from chalicelib.stack.parameters import ANYWHERE
from tests.config.test_file import LEAST
from tests.deploy.rights.judged_stack import built_template
from tests.deploy.terraform.console import run
from tests.deploy.terraform.tables import DOCUMENTED, MODULE, declared, written

BY_THEIR_NAMES: set[str] = set()
"""Parameters that people choose and that have no variable: the variable ``parameters`` reaches them by their names."""
BY_THE_MODULE = {"ArtifactsBucket", "CodeKey"}


def typed() -> dict[str, str]:
    """The parameters that have a variable, each with the expression of its value."""
    listed = (MODULE / "parameters.tf").read_text().partition("typed = {")[2].partition("\n  }")[0]
    return dict(re.findall(r"^    (\w+) += (.*)$", listed, re.MULTILINE))


def test_every_file_is_formatted() -> None:
    assert run(MODULE, "fmt", "-check", "-recursive", "-no-color").stdout == ""


@pytest.mark.parametrize("module", DOCUMENTED, ids=lambda module: module.name)
def test_a_readme_has_every_variable_and_output(module: Path) -> None:
    readme = (module / "README.md").read_text()
    assert readme == written(module, readme), "python -m tests.deploy.terraform.tables"


def test_a_variable_has_the_name_of_its_parameter_and_every_variable_is_used() -> None:
    variables = {one.name for one in declared(MODULE) if one.kind == "variable"}
    for parameter, value in typed().items():
        variable = re.sub(r"(?<!^)(?=[A-Z])", "_", parameter).lower()
        assert variable in variables
        assert re.search(rf"\bvar\.{variable}\b", value)
    text = "".join(path.read_text() for path in MODULE.glob("*.tf"))
    assert {name for name in variables if not re.search(rf"\bvar\.{name}\b", text)} == set()


def test_every_parameter_of_the_template_is_reached_by_a_variable_or_follows_from_reaper_toml() -> None:
    parameters = set(built_template()["Parameters"])
    follows = set(installation(parse(LEAST), "prod", ANYWHERE, {}).parameters)
    concurrency = {name for name in parameters if name.endswith("Concurrency")}
    reached = set(typed()) | follows | concurrency | BY_THE_MODULE | BY_THEIR_NAMES
    assert parameters - reached == set(), (
        "give each a variable in terraform/parameters.tf, or name it in BY_THEIR_NAMES"
    )
    assert reached - parameters == set()


def test_the_module_leaves_nobody_the_choice_of_what_it_decides() -> None:
    listed = re.search(r"decided_here += \[(.*)\]", (MODULE / "check.tf").read_text())
    assert listed
    assert set(re.findall(r'"(\w+)"', listed[1])) == BY_THE_MODULE | {"RulesFormat", "RulesKey", "Stage"}
