"""Test what people may write into PARAMETERS of `make deploy`."""

import re
from pathlib import Path

import pytest

from chalicelib.config.file import ConfigError, load
from chalicelib.stack import known
from chalicelib.stack.parameters import overrides
from deploy.commands import ROOT
from deploy.given import read_parameters, read_tags
from tests.deploy.rights.judged_stack import built_template


def test_nothing_gives_nothing() -> None:
    assert read_parameters("") == read_parameters("  ") == {}


def test_a_value_may_have_blanks_in_quotes_and_an_equals_sign() -> None:
    text = "NightlySweepSchedule='cron(0 2 * * ? *)' AlarmTopicArn=\"arn:aws:sns:x\" Other=a=b Empty="
    assert read_parameters(text) == {
        "NightlySweepSchedule": "cron(0 2 * * ? *)",
        "AlarmTopicArn": "arn:aws:sns:x",
        "Other": "a=b",
        "Empty": "",
    }


def test_blanks_without_quotes_are_told_with_what_to_write() -> None:
    with pytest.raises(ConfigError) as told:
        read_parameters("NightlySweepSchedule=cron(0 2 * * ? *)")
    [problem] = told.value.problems
    assert problem == (
        "PARAMETERS: '2', '*', '*', '?', '*)': not Name=value; put quotes around a value with blanks: "
        "PARAMETERS=\"Name='a value with blanks'\""
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("AlarmTopicArn", "'AlarmTopicArn': not Name=value"),
        ("=x", "'=x': not Name=value"),
        ("A='b", "is not closed"),
        ("A=1 A=2", "A is given twice"),
        ("Stage=prod", "Stage is given by STAGE=...; leave it out"),
        ("ArtifactsBucket=mine", "ArtifactsBucket is given by ARTIFACTS=...; leave it out"),
        ("CodeKey=a.zip", "CodeKey is given by `make deploy` itself"),
        ("RulesKey=a.zip", "RulesKey is given by `make deploy` itself"),
    ],
)
def test_what_cannot_be_a_parameter_is_told_by_its_name(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        read_parameters(text)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match=r"(?s)'a', 'b'.*RulesKey"):
        read_parameters("a b RulesKey=c")


def test_a_parameter_that_the_stack_does_not_have_is_told_with_the_one_that_is_near() -> None:
    near, far = known.problems(["UndoMinutes", "alarmTopicARN", "Zzz"])
    assert near == "parameter alarmTopicARN: the stack has none of this name; did you mean AlarmTopicArn?"
    assert far == "parameter Zzz: the stack has none of this name; its template lists them all"


def test_the_known_parameters_are_those_of_the_template() -> None:
    assert set(built_template()["Parameters"]) == known.PARAMETERS


@pytest.mark.parametrize("name", ["UndoMinutes", "StateBucketArns", "Doctor", "OnlyOwnBuckets"])
def test_what_reaper_toml_decides_is_not_decided_twice(name: str) -> None:
    config = load(ROOT / "reaper.example.toml")
    with pytest.raises(ConfigError, match=rf"{name} follows from reaper\.toml; change it there"):
        overrides(config, "prod", given={name: "5"})


def test_what_reaper_toml_only_adds_to_may_be_given() -> None:
    config = load(ROOT / "reaper.example.toml")
    secret, keys = "/elsewhere/slack-bot-token", "arn:aws:kms:eu-west-1:111122223333:key/one"
    values = overrides(config, "prod", given={"SlackBotTokenParameter": secret, "DecryptKeyArns": keys})
    assert (values["SlackBotTokenParameter"], values["DecryptKeyArns"]) == (secret, keys)


def test_make_hands_parameters_on_as_they_were_typed() -> None:
    """A shell would take a quote, a dollar or a star out of them."""
    recipe = Path(ROOT / "Makefile").read_text().split("\ndeploy:")[1].split("\n\n")[0]
    assert '--parameters "$$PARAMETERS"' in recipe
    assert "$(PARAMETERS" not in recipe


def test_tags_are_written_as_parameters_are_and_told_by_their_own_name() -> None:
    assert read_tags("team=platform owner='the platform team' empty=") == {
        "team": "platform",
        "owner": "the platform team",
        "empty": "",
    }
    with pytest.raises(ConfigError, match=r"(?s)TAGS: 'b': not Name=value.*TAGS=\"Name=.*TAGS: aws:a: AWS keeps names"):
        read_tags("b aws:a=1")
