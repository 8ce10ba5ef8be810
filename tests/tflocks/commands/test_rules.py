"""``tflocks rules``: what a stack is given by a reaper.toml, for whoever makes it by the AWS CLI."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chalicelib.config.file import parse
from chalicelib.stack.installation import installation
from chalicelib.stack.layer import rules_layer
from chalicelib.stack.parameters import ANYWHERE
from tests.config.test_file import LEAST
from tflocks.main import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["rules", *map(str, arguments)])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "reaper.toml"
    path.write_text(LEAST)
    return path


def test_the_rules_layer_and_the_parameters_are_written(config: Path, tmp_path: Path) -> None:
    done = run(config, "--stage", "test", "--out", tmp_path / "out", "--parameter", "ArtifactsBucket=acme=artifacts")
    assert done.exit_code == 0, done.output
    layer, parameters = map(Path, done.stdout.split())
    assert layer.read_bytes() == rules_layer(parse(LEAST))
    written = dict(one.split("=", 1) for one in json.loads(parameters.read_text()))
    assert written == installation(parse(LEAST), "test", ANYWHERE, {"ArtifactsBucket": "acme=artifacts"}).parameters
    assert f"aws s3 cp {layer} s3://acme=artifacts/{written['RulesKey']}" in done.stderr
    assert layer.name == Path(written["RulesKey"]).name


def test_the_region_and_account_of_the_stack_are_in_the_arns_of_its_lock_tables(config: Path, tmp_path: Path) -> None:
    config.write_text(LEAST + '[[targets]]\ntable = "locks"\n')
    where = ("--region", "cn-north-1", "--account", "111122223333", "--partition", "aws-cn")
    assert run(config, "--out", tmp_path, *where).exit_code == 0
    assert "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/locks" in (tmp_path / "parameters.json").read_text()


def test_all_mistakes_are_told_and_nothing_is_written(config: Path, tmp_path: Path) -> None:
    config.write_text('[slack]\nchannel = "platform"\n')
    done = run(config, "--stage", "Prod", "--out", tmp_path / "out")
    assert done.exit_code == 1
    for mistake in ("STAGE=Prod", "slack.team_id is missing", "slack.channel", "thresholds.plan is missing"):
        assert mistake in done.stderr
    assert not (tmp_path / "out").exists()


def test_each_mistake_has_a_line_and_none_can_pretend_to_be_another(config: Path) -> None:
    config.write_text('[slack]\nchannel = "platform"\n"a\\nb" = 1\n')
    first, *mistakes = run(config).stderr.splitlines()
    assert str(config) in first
    assert all(line.startswith("  - ") for line in mistakes)
    assert sum("slack.channel = 'platform'" in line for line in mistakes) == 1
    assert sum("a\\u000ab" in line for line in mistakes) == 1


def test_without_a_folder_a_good_file_is_only_called_good(config: Path) -> None:
    assert (run(config).exit_code, run(config).stdout) == (0, "no mistakes\n")


def test_a_file_that_is_not_there_and_a_folder_that_cannot_be_are_errors(config: Path, tmp_path: Path) -> None:
    assert run(tmp_path / "none.toml").exit_code == 1
    assert "cannot be read" in run(tmp_path / "none.toml").stderr
    done = run(config, "--out", config / "below")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr


def test_a_parameter_without_a_value_is_a_wrong_command_line(config: Path) -> None:
    assert run(config, "--parameter", "AlarmTopicArn").exit_code == 2


def test_a_parameter_that_the_stack_does_not_have_is_told_because_the_aws_cli_would_leave_it_out(config: Path) -> None:
    done = run(config, "--parameter", "AlarmTopicARN=arn:aws:sns:eu-west-1:111122223333:alarms")
    assert done.exit_code == 1
    assert "AlarmTopicARN" in done.stderr
    assert "did you mean AlarmTopicArn?" in done.stderr


def test_patterns_in_the_place_of_names_are_told(config: Path) -> None:
    config.write_text(LEAST.partition("[[targets]]")[0] + '[[discover]]\nbuckets = ["*-tfstate"]\n')
    assert "IAM lets the reaper's roles into the locks" in run(config).stderr
