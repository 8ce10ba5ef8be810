"""Test which stack parameters follow from reaper.toml."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from chalicelib.checked_rules import Config
from chalicelib.config.file import ConfigError, load
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import Kind
from chalicelib.stack.parameters import Home, overrides, remarks
from deploy.commands import ROOT
from deploy.parameters import main

EXAMPLE = ROOT / "reaper.example.toml"
HOME = Home("aws", "eu-central-1", "9" * 12)
MEMBERS = '[accounts]\nexternal_id = "acme-locks"\n'
TARGETS = '[[targets]]\nbucket = "acme-tfstate"\n'


def _in_account(account: str, name: str = "a", role: str = "") -> str:
    """A target in another account."""
    own = f'role = "{role}"\n' if role else ""
    return f'[[targets]]\nbucket = "acme-{name}"\naccount = "{account}"\n{own}'


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


def test_only_buckets_whose_debris_is_to_be_counted_may_have_their_versions_listed(tmp_path: Path) -> None:
    assert overrides(_config(tmp_path, TARGETS), "prod")["DebrisBucketArns"] == ""
    asked = TARGETS + 'debris = true\n\n[[targets]]\nbucket = "acme-other"\n'
    assert overrides(_config(tmp_path, asked), "prod")["DebrisBucketArns"] == "arn:aws:s3:::acme-tfstate"


def test_a_comma_in_a_prefix_does_not_end_an_item_of_the_list(tmp_path: Path) -> None:
    values = overrides(_config(tmp_path, TARGETS + 'prefixes = ["a,b/"]\n'), "prod")
    assert values["LockObjectArns"] == "arn:aws:s3:::acme-tfstate/a?b/*.tflock"


def test_no_text_of_the_configuration_is_read_by_cloudformation_as_something_of_its_own(tmp_path: Path) -> None:
    """A comma ends an item of a list; a dynamic reference is replaced by the secret that it names."""
    secret = TARGETS + 'prefixes = ["{{resolve:ssm-secure:/token}}/"]\n'
    assert "/??resolve:ssm-secure:/token}}/*.tflock" in overrides(_config(tmp_path, secret), "prod")["LockObjectArns"]
    for role in ("a,b", "arn:aws:iam::111122223333:role/a,b"):
        member = f'[[targets]]\nbucket = "acme-x"\naccount = "111122223333"\nrole = "{role}"\nexternal_id = "x1"\n'
        roles = overrides(_config(tmp_path, TARGETS + member), "prod", Home("aws", "eu-west-1"))["MemberRoleArns"]
        assert roles == "arn:aws:iam::111122223333:role/a?b"


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


@pytest.mark.parametrize(
    ("line", "doctor"), [("", "never"), ('doctor = "never"', "never"), ('doctor = "weekly"', "weekly")]
)
def test_the_weekly_look_is_deployed_only_where_the_file_says_so(tmp_path: Path, line: str, doctor: str) -> None:
    file = tmp_path / "reaper.toml"
    file.write_text(EXAMPLE.read_text().replace("[slack]\n", f"[slack]\n{line}\n"))
    assert overrides(load(file), "prod")["Doctor"] == doctor


def test_the_example_configuration_can_be_deployed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(EXAMPLE)]) == 0
    assert "LockObjectArns=arn:aws:s3:::acme-tfstate" in capsys.readouterr().out


def _buckets(names: Iterable[str]) -> str:
    return "".join(f'[[targets]]\nbucket = "{name}"\n' for name in names)


@pytest.mark.parametrize("number", [60, 500])
@pytest.mark.parametrize("name", ["acme-terraform-state-prod-team-{:03}", "acme-tfstate-{:050}"])
def test_more_buckets_than_iam_lets_a_role_name_become_all_of_the_account_s_and_it_is_said(
    tmp_path: Path, number: int, name: str
) -> None:
    config = _config(tmp_path, _buckets(name.format(bucket) for bucket in range(number)))
    values = overrides(config, "prod", HOME)
    assert values["StateBucketArns"] == "arn:aws:s3:::*"
    assert values["LockObjectArns"] == "arn:aws:s3:::*/*.tflock"
    assert values["OnlyOwnBuckets"] == "yes"
    [said] = remarks(values)
    assert said.startswith(
        "buckets: IAM lets the reaper's roles into the locks (*.tflock) of arn:aws:s3:::* in this acc"
    )


def test_buckets_that_can_be_named_are_named_and_nothing_is_said(tmp_path: Path) -> None:
    values = overrides(_config(tmp_path, TARGETS), "prod", HOME)
    assert (values["OnlyOwnBuckets"], values["MemberRoleArns"]) == ("no", "")
    assert remarks(values) == []


def test_more_lock_tables_than_iam_lets_a_role_name_are_refused_because_no_pattern_is_safe(tmp_path: Path) -> None:
    tables = "".join(f'[[targets]]\ntable = "acme-terraform-{number:02}"\n' for number in range(80))
    with pytest.raises(ConfigError, match=r"too many lock tables or keys for one stack .*; deploy two"):
        overrides(_config(tmp_path, tables), "prod", HOME)


def test_the_member_roles_of_other_accounts_are_named_and_those_of_the_own_account_not(tmp_path: Path) -> None:
    targets = (
        _in_account("1" * 12)
        + _in_account("1" * 12, "b")
        + _in_account("2" * 12, "c", "team/x")
        + _in_account(HOME.account, "d")
    )
    values = overrides(_config(tmp_path, targets + MEMBERS), "prod", HOME)
    assert values["MemberRoleArns"] == (
        "arn:aws:iam::111111111111:role/tflock-reaper-member,arn:aws:iam::222222222222:role/team/x"
    )
    assert values["StateBucketArns"] == "arn:aws:s3:::acme-d"


def test_with_targets_in_other_accounts_alone_no_bucket_of_the_own_account_is_opened(tmp_path: Path) -> None:
    values = overrides(_config(tmp_path, _in_account("1" * 12) + MEMBERS), "prod", HOME)
    assert values["LockObjectArns"] == "arn:aws:s3:::-/*.tflock"


def test_more_accounts_than_a_role_can_name_become_the_role_of_any_account_and_it_is_said(tmp_path: Path) -> None:
    targets = "".join(_in_account(f"{number:012}", f"{number}") for number in range(200))
    own = _in_account("9" * 12, "own", "arn:aws:iam::999999999999:role/own")
    values = overrides(_config(tmp_path, TARGETS + targets + own + MEMBERS), "prod", HOME)
    assert values["MemberRoleArns"] == "arn:aws:iam::*:role/own,arn:aws:iam::*:role/tflock-reaper-member"
    assert values["StateBucketArns"] == "arn:aws:s3:::acme-tfstate"
    [said] = remarks(values)
    assert said.startswith("accounts: IAM lets the reaper's roles enter every account that has and opens the role arn:")


def test_a_stage_whose_roles_a_member_role_could_not_know_is_refused(tmp_path: Path) -> None:
    there = _config(tmp_path, _in_account("1" * 12) + MEMBERS)
    assert overrides(there, "s" * 16, HOME)["Stage"] == "s" * 16
    with pytest.raises(ConfigError, match="at most 16 characters where targets are in other accounts"):
        overrides(there, "s" * 17, HOME)
    assert overrides(_config(tmp_path, TARGETS), "s" * 20, HOME)["Stage"] == "s" * 20


def test_a_role_of_another_partition_is_told_before_it_is_deployed(tmp_path: Path) -> None:
    targets = _in_account("1" * 12, role="arn:aws-cn:iam::111111111111:role/x") + MEMBERS
    with pytest.raises(ConfigError, match="is in the partition aws-cn, and the reaper is in aws"):
        overrides(_config(tmp_path, targets), "prod", HOME)
    assert "arn:aws-cn:iam::1" in overrides(_config(tmp_path, targets), "prod")["MemberRoleArns"]


def _with_rules(folder: Path, *discoveries: Discovery, targets: str = TARGETS) -> Config:
    config = _config(folder, targets + MEMBERS)
    return msgspec.structs.replace(config, rules=msgspec.structs.replace(config.rules, discoveries=discoveries))


def test_a_rule_that_finds_buckets_at_home_opens_what_fits_its_names_in_the_own_account_alone(tmp_path: Path) -> None:
    rule = Discovery(kind=Kind.S3, names=("acme-*-tfstate", "a,b"), prefixes=("x/",))
    values = overrides(_with_rules(tmp_path, rule), "prod", HOME)
    assert values["StateBucketArns"] == "arn:aws:s3:::a?b,arn:aws:s3:::acme-*-tfstate,arn:aws:s3:::acme-tfstate"
    assert "arn:aws:s3:::acme-*-tfstate/x/*.tflock" in values["LockObjectArns"]
    assert values["OnlyOwnBuckets"] == "yes"


def test_a_rule_that_finds_tables_at_home_opens_those_of_its_names_and_must_have_some(tmp_path: Path) -> None:
    rule = Discovery(kind=Kind.DYNAMODB, names=("terraform-*",), regions=("us-east-1", "eu-central-1"))
    assert overrides(_with_rules(tmp_path, rule), "prod", HOME)["LockTableArns"] == (
        "arn:aws:dynamodb:eu-central-1:999999999999:table/terraform-*,"
        "arn:aws:dynamodb:us-east-1:999999999999:table/terraform-*"
    )
    for names in (("*",), ("**",), ("terraform", "?*")):
        with pytest.raises(ConfigError, match="finds every table of the stack's account"):
            overrides(_with_rules(tmp_path, Discovery(kind=Kind.DYNAMODB, names=names)), "prod", HOME)


def test_a_rule_about_other_accounts_opens_nothing_at_home(tmp_path: Path) -> None:
    there = Discovery(kind=Kind.S3, accounts=(Account("1" * 12),))
    below = Discovery(kind=Kind.DYNAMODB, units=("ou-acme-1",), member=Account(role="org/reaper"))
    values = overrides(_with_rules(tmp_path, there, below), "prod", HOME)
    assert values["StateBucketArns"] == "arn:aws:s3:::acme-tfstate"
    assert values["LockTableArns"] == ""
    assert values["MemberRoleArns"] == (
        "arn:aws:iam::*:role/org/reaper,arn:aws:iam::111111111111:role/tflock-reaper-member"
    )


def test_a_rule_for_units_opens_what_it_names_at_home_too_because_the_stack_may_be_below_one(tmp_path: Path) -> None:
    below = Discovery(kind=Kind.DYNAMODB, names=("locks*", "*"), units=("r-acme",), member=Account(role="reaper"))
    values = overrides(_with_rules(tmp_path, below), "prod", HOME)
    assert values["LockTableArns"].endswith("table/locks*")
    assert values["TargetRules"] == "units"


def test_names_are_listed_at_home_only_if_a_rule_looks_there_and_accounts_only_by_the_stack_itself_or_a_role(
    tmp_path: Path,
) -> None:
    there = Discovery(kind=Kind.S3, accounts=(Account("1" * 12),))
    home = Discovery(kind=Kind.S3, names=("*-tfstate",))
    lister = Account("9" * 12, role=f"arn:aws:iam::{'9' * 12}:role/lister", external_id="x1")
    asking = Discovery(kind=Kind.S3, units=("r-acme",), member=Account(role="reaper"), organization=lister)
    needed = [overrides(_with_rules(tmp_path, *rules), "prod", HOME) for rules in ((), (there,), (home,), (asking,))]
    assert [values["TargetRules"] for values in needed] == ["no", "no", "yes", "yes"]
    assert lister.role in needed[-1]["MemberRoleArns"].split(",")
