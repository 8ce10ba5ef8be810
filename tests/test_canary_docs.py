"""``docs/canary.md`` has every step, every option and every right."""

import json
import re
from pathlib import Path

import click

from chalicelib.core.canary import FOLDER
from chalicelib.core.doctor.canary.steps import Step
from tflocks.commands.doctor.canary.command import canary

TEXT = (Path(__file__).parent.parent / "docs" / "canary.md").read_text()


def test_the_table_of_steps_has_each_step_in_its_order() -> None:
    rows = re.findall(r"^\| ([a-z]+) \| .* \| .* \|$", TEXT, re.MULTILINE)
    assert [row for row in rows if row in set(Step)] == list(Step)


def test_each_option_is_explained() -> None:
    options = [name for one in canary.params if isinstance(one, click.Option) for name in one.opts]
    assert [name for name in options if f"`{name}" not in TEXT] == []


def test_the_policy_gives_writes_to_canaries_alone() -> None:
    [block] = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    statements = json.loads(block)["Statement"]
    writing = {"s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"}
    writes = [one for one in statements if writing & set(one["Action"])]
    assert all(FOLDER in one["Resource"] for one in writes)
    assert len(writes) == 1
