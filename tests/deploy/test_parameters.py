"""Test which stack parameters follow from reaper.toml."""

from pathlib import Path

import pytest

from chalicelib.checked_rules import Config
from chalicelib.config.file import ConfigError, load
from deploy.commands import ROOT
from deploy.parameters import MOST_EVENT_ACCOUNTS, Home, main, overrides

EXAMPLE = ROOT / "reaper.example.toml"
TARGETS = '[[targets]]\nbucket = "acme-tfstate"\n'


def _config(folder: Path, targets: str) -> Config:
    """Read the example with other targets."""
    head = EXAMPLE.read_text().split("[[targets]]")[0]
    file = folder / "reaper.toml"
    file.write_text(head + targets)
    return load(file)


def test_a_whole_bucket_gives_all_its_locks_and_nothing_else_of_it(tmp_path: Path) -> None:
    values = overrides(_config(tmp_path, TARGETS), "prod")
    assert values["StateBucketArns"] == "arn:aws:s3:::acme-tfstate"
    assert values["LockObjectArns"] == "arn:aws:s3:::acme-tfstate/*.tflock"


def test_prefixes_narrow_the_locks_to_those_below_them(tmp_path: Path) -> None:
    values = overrides(_config(tmp_path, TARGETS + 'prefixes = ["network/", "env:/prod/"]\n'), "prod")
    assert values["StateBucketArns"] == "arn:aws:s3:::acme-tfstate"
    assert values["LockObjectArns"] == (
        "arn:aws:s3:::acme-tfstate/env:/prod/*.tflock,arn:aws:s3:::acme-tfstate/network/*.tflock"
    )


def test_a_comma_in_a_prefix_does_not_end_an_item_of_the_list(tmp_path: Path) -> None:
    values = overrides(_config(tmp_path, TARGETS + 'prefixes = ["a,b/"]\n'), "prod")
    assert values["LockObjectArns"] == "arn:aws:s3:::acme-tfstate/a?b/*.tflock"


def test_arns_are_of_the_partition_that_is_deployed_to(tmp_path: Path) -> None:
    values = overrides(_config(tmp_path, TARGETS), "prod", Home("aws-us-gov"))
    assert values["LockObjectArns"] == "arn:aws-us-gov:s3:::acme-tfstate/*.tflock"


def test_a_lock_table_is_named_in_its_region_and_account_and_none_is_nothing(tmp_path: Path) -> None:
    home = Home("aws-cn", "cn-north-1", "123456789012")
    tables = TARGETS + '[[targets]]\ntable = "locks"\n[[targets]]\ntable = "locks"\nregion = "cn-northwest-1"\n'
    assert overrides(_config(tmp_path, tables), "prod", home)["LockTableArns"] == (
        "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/locks,"
        "arn:aws-cn:dynamodb:cn-northwest-1:123456789012:table/locks"
    )
    assert overrides(_config(tmp_path, TARGETS), "prod", home)["LockTableArns"] == ""


def test_with_lock_tables_alone_no_bucket_is_opened(tmp_path: Path) -> None:
    values = overrides(_config(tmp_path, '[[targets]]\ntable = "locks"\n'), "prod")
    assert values["StateBucketArns"] == "arn:aws:s3:::-"
    assert values["LockObjectArns"] == "arn:aws:s3:::-/*.tflock"


def test_secrets_are_named_after_the_stage(tmp_path: Path) -> None:
    values = overrides(_config(tmp_path, TARGETS), "test")
    assert values["SlackBotTokenParameter"] == "/tflock-reaper/test/slack-bot-token"
    assert values["SlackSigningSecretParameter"] == "/tflock-reaper/test/slack-signing-secret"


@pytest.mark.parametrize(
    ("undo", "minutes"), [("", "10"), ('undo = "never"', "0"), ('undo = "30s"', "1"), ('undo = "15m"', "15")]
)
def test_the_time_for_putting_a_lock_back_is_given_in_whole_minutes_and_none_is_zero(
    tmp_path: Path, undo: str, minutes: str
) -> None:
    file = tmp_path / "reaper.toml"
    file.write_text(EXAMPLE.read_text().replace("[slack]\n", f"[slack]\n{undo}\n"))
    assert overrides(load(file), "prod")["UndoMinutes"] == minutes


def test_more_targets_than_a_parameter_can_hold_are_refused_with_a_way_out(tmp_path: Path) -> None:
    many = "".join(f'[[targets]]\nbucket = "acme-tfstate-{number:050}"\n' for number in range(60))
    with pytest.raises(ConfigError, match="deploy two"):
        overrides(_config(tmp_path, many), "prod")


def test_the_example_configuration_can_be_deployed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(EXAMPLE)]) == 0
    assert "LockObjectArns=arn:aws:s3:::acme-tfstate" in capsys.readouterr().out


def test_lock_tables_count_for_what_iam_lets_a_role_name(tmp_path: Path) -> None:
    targets = (
        f'[[targets]]\n{kind} = "acme-terraform-{number:02}"\n' for number in range(40) for kind in ("bucket", "table")
    )
    with pytest.raises(ConfigError, match="too many for one stack"):
        overrides(_config(tmp_path, "".join(targets)), "prod")


def test_more_buckets_than_iam_lets_a_role_name_are_refused_before_aws_does(tmp_path: Path) -> None:
    names = (f"acme-terraform-state-prod-team-{number:03}" for number in range(60))
    config = _config(tmp_path, "".join(f'[[targets]]\nbucket = "{name}"\n' for name in names))
    with pytest.raises(ConfigError, match="too many for one stack"):
        overrides(config, "prod")


def _in(account: str, number: int = 0) -> str:
    return f'[[targets]]\nbucket = "acme-{account}-{number}"\naccount = "{account}"\nexternal_id = "acme"\n'


def test_the_accounts_that_are_named_may_send_events_and_the_stacks_own_is_not_listed(tmp_path: Path) -> None:
    config = _config(tmp_path, TARGETS + _in("222222222222") + _in("111111111111") + _in("222222222222", 1))
    home = Home("aws", "eu-west-1", "111111111111")
    assert overrides(config, "prod", home)["EventAccounts"] == "222222222222"
    assert overrides(config, "prod", home, {"OrganizationId": "o-abcdefghij"})["EventAccounts"] == ""
    assert overrides(_config(tmp_path, TARGETS), "prod", home)["EventAccounts"] == ""


def test_more_accounts_than_the_queues_policy_holds_ask_for_the_organisation(tmp_path: Path) -> None:
    config = _config(tmp_path, TARGETS + "".join(_in(f"{number:012}") for number in range(MOST_EVENT_ACCOUNTS + 1)))
    with pytest.raises(ConfigError, match="OrganizationId"):
        overrides(config, "prod")
    assert overrides(config, "prod", given={"OrganizationId": "o-abcdefghij"})["EventAccounts"] == ""
