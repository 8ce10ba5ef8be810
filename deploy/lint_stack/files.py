"""Gather what is checked: the stack as it is packaged and after the SAM transform, the other templates, Terraform."""

import json
from functools import cache
from pathlib import Path

import boto3
import yaml  # type: ignore[import-untyped]
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]

from deploy.commands import ROOT
from deploy.package.chalice_app import ANY_REGION, made_by_chalice
from deploy.package.organisation.parts import Template
from deploy.package.template import stack_template

TERRAFORM = ROOT / "terraform"


@cache
def by_chalice() -> Template:
    """Return the template as Chalice makes it, before anything of ours is laid over it."""
    return made_by_chalice().template


@cache
def transformed() -> Template:
    """Return the stack's template after the SAM transform, which adds permissions, mappings and the API's stage."""
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=ANY_REGION["AWS_DEFAULT_REGION"]))
    done: Template = translator.translate(stack_template(by_chalice()), {})
    return done


def templates(folder: Path) -> list[Path]:
    """Return all templates of CloudFormation; those of the stack are written into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {"stack": stack_template(by_chalice()), "transformed": transformed()}
    for name, template in made.items():
        # Written as what it is to CloudFormation, which has no aliases of YAML's.
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(json.loads(json.dumps(template))))
    beside = [ROOT / ".chalice" / "queries.yaml", *sorted((ROOT / "deploy").glob("*.yaml"))]
    return [*(folder / f"{name}.yaml" for name in made), *beside]
