"""What the modules make of their variables, as Terraform itself works it out."""

from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.notifications.merging import Wanted, ours, rules
from tests.config.test_file import LEAST
from tests.deploy.terraform.console import Module
from tests.deploy.terraform.tables import MODULE

QUEUE, TOPIC = (f"arn:aws:{service}:eu-west-1:999999999999:tflock" for service in ("sqs", "sns"))
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"


@pytest.fixture
def module(tmp_path: Path) -> Module:
    return Module(tmp_path, MODULE, "variables.tf", "parameters.tf")


@pytest.fixture
def wire(tmp_path: Path) -> Module:
    return Module(tmp_path, MODULE / "modules" / "wire-bucket", "variables.tf", "ours.tf")


def test_nobody_s_choice_is_a_parameter_that_the_template_decides(module: Module) -> None:
    assert module.asked("local.chosen", config=LEAST) == {}


def test_choices_are_parameters_as_texts_lists_with_commas_and_those_by_their_names_win(module: Module) -> None:
    chosen = {
        "config": LEAST,
        "permissions_boundary_arn": BOUNDARY,
        "event_accounts": ["111122223333", "444455556666"],
        "settle_seconds": 0,
        "tracing": True,
        "reserved_concurrency": {"ReleaseLock": 5},
        "sweeps_at_once": 5,
        "parameters": {"SweepsAtOnce": "7", "UndoMinutes": "0"},
    }
    assert module.asked("local.chosen", **chosen) == {
        "PermissionsBoundaryArn": BOUNDARY,
        "EventAccounts": "111122223333,444455556666",
        "SettleSeconds": "0",
        "Tracing": "Active",
        "ReleaseLockConcurrency": "5",
        "SweepsAtOnce": "7",
        "UndoMinutes": "0",
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"config": "reaper.toml"}, "The content of a reaper.toml, not its path"),
        ({"stage": "Prod"}, "at most 20 of a-z"),
        ({"slack_bot_token_parameter": "xoxb-1-2-3"}, "never the token itself"),
        ({"artifacts_bucket": "s3://acme"}, "The name of a bucket, without s3://"),
        ({"organization_id": "acme"}, "like o-abcdefghij"),
        ({"log_kms_key_arn": "arn:aws:kms:eu-west-1:111122223333:alias/logs"}, "not of an alias"),
        ({"oldest_lock_hours": 3}, "One of 1, 2, 4"),
        ({"event_accounts": ["1111"]}, "The 12 digits"),
    ],
)
def test_a_wrong_value_of_a_variable_is_told_before_anything_else(
    given: dict[str, Any], said: str, module: Module
) -> None:
    assert said in module.asked("local.chosen", **({"config": LEAST} | given))


PREFIXES = ["env:/", "it's (a) test!*/", "team one/", "100%/", "a+b/", "größe/", "env:/prod/", "~-_.", "a,b/"]


@pytest.mark.parametrize("prefixes", [[], PREFIXES, ["a", "a", "ab"]])
@pytest.mark.parametrize(("arn", "ours_are"), [(QUEUE, "to_queue"), (TOPIC, "to_topic")])
def test_a_bucket_tells_as_tflocks_connect_has_it(prefixes: list[str], arn: str, ours_are: str, wire: Module) -> None:
    told = wire.asked(f"local.{ours_are}", bucket="acme-tfstate", reaper_arn=arn, prefixes=prefixes)
    wanted = ours(Wanted(arn, tuple(prefixes)))
    assert [(one["id"], one["events"], one["filter_prefix"] or "", one["filter_suffix"]) for one in told] == [
        (one["Id"], one["Events"], dict(rules(one)).get("prefix", ""), ".tflock") for one in wanted
    ]


def test_by_eventbridge_the_bucket_has_no_notification_of_ours_and_the_rule_a_name_that_the_queue_knows(
    wire: Module,
) -> None:
    asked = "[local.to_queue, local.to_topic, local.rule]"
    by_rule = {"reaper_arn": QUEUE, "way": "eventbridge", "reaper_stage": "prod"}
    assert wire.asked(asked, bucket="acme-tfstate", **by_rule) == [[], [], "tflock-reaper-prod.acme-tfstate"]
    long = ["a" * 62 + end for end in "xy"]
    names = [wire.asked("local.rule", bucket=bucket, **by_rule) for bucket in long]
    assert len(set(names)) == 2
    assert all(len(name) == 64 and name.startswith("tflock-reaper-prod.aaa") for name in names)
