"""The function that checks a reaper.toml for people without Python, and its template."""

import base64
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib import checked_rules
from chalicelib.check_rules import QuestionError, handler
from chalicelib.config.file import ConfigError, parse
from chalicelib.stack.installation import artifact_key, installation
from chalicelib.stack.layer import rules_in, rules_layer
from chalicelib.stack.parameters import Home
from deploy import runtime
from deploy.commands import ROOT
from tests.config.test_file import LEAST
from tests.deploy.rights.judged_stack import built_template
from tests.deploy.stack_files import template
from tests.deploy.test_streams import stream_of

MISTAKES = '[slack]\nchannel = "platform"\n'
HERE = Home("aws-us-gov", "us-gov-west-1", "111122223333")
TEMPLATE = template((ROOT / "deploy" / "check-rules.yaml").read_text())


@dataclass
class Context:
    """What Lambda tells a function of itself."""

    invoked_function_arn: str = (
        f"arn:{HERE.partition}:lambda:{HERE.region}:{HERE.account}:function:tflock-reaper-prod-check-rules"
    )


def asked(**question: Any) -> Any:
    return handler({"config": LEAST} | question, Context())


def test_the_answer_is_what_make_deploy_gives_the_stack_in_the_account_and_region_of_the_function() -> None:
    given = {"AlarmTopicArn": "arn:aws-us-gov:sns:us-gov-west-1:111122223333:alarms"}
    table = '[[targets]]\ntable = "locks"\n'
    answer = asked(config=LEAST + table, stage="test", given=given)
    same = installation(parse(LEAST + table), "test", HERE, given)
    assert answer["errors"] == []
    assert (answer["parameters"], answer["remarks"]) == (same.parameters, same.remarks)
    assert answer["parameters"]["LockTableArns"] == "arn:aws-us-gov:dynamodb:us-gov-west-1:111122223333:table/locks"
    assert answer["parameters"]["AlarmTopicArn"] == given["AlarmTopicArn"]
    layer = base64.b64decode(answer["rules_layer"])
    assert layer == rules_layer(parse(LEAST + table))
    assert answer["parameters"]["RulesKey"] == artifact_key("test", "rules.zip", layer)
    assert checked_rules.decode(rules_in(layer)) == parse(LEAST + table)


def test_all_mistakes_of_a_file_are_in_one_answer_which_has_nothing_to_make_a_stack_of() -> None:
    answer = asked(config=MISTAKES, stage="Prod")
    said = "\n".join(answer["errors"])
    for mistake in ("STAGE=Prod", "slack.team_id is missing", "slack.channel", "thresholds.plan is missing", "targets"):
        assert mistake in said
    assert (answer["parameters"], answer["rules_layer"]) == ({}, "")


def test_mistakes_that_show_only_where_the_stack_is_are_told_together() -> None:
    elsewhere = f'[[targets]]\ntable = "locks"\nstream = "{stream_of("locks")}"\n'
    every = '[[discover]]\ntables = ["*"]\n'
    said = asked(config=LEAST + elsewhere + every)["errors"]
    assert [error.split()[:2] for error in said] == [["the", "stream"], ["discover:", "'*'"]]


def test_a_shell_asks_in_base64_and_takes_one_thing_at_a_time() -> None:
    asking = {"config": "", "config_base64": base64.b64encode(LEAST.encode()).decode()}
    whole = asked()
    assert asked(**asking) == whole
    assert asked(**asking, answer="rules_layer") == whole["rules_layer"]
    assert asked(**asking, answer="rules_key") == whole["parameters"]["RulesKey"]
    parameters = asked(**asking, answer="parameters")
    assert dict(one.split("=", 1) for one in parameters) == whole["parameters"]


@pytest.mark.parametrize("answer", ["parameters", "rules_layer", "rules_key"])
def test_an_answer_that_has_no_place_for_mistakes_is_an_error_with_all_of_them(answer: str) -> None:
    with pytest.raises(ConfigError, match=r"(?s)slack\.team_id is missing.*thresholds\.plan is missing"):
        asked(config=MISTAKES, answer=answer)


@pytest.mark.parametrize("text", ["not base64!", base64.b64encode(b"\xff\xfe").decode(), "QQ==\nQQ==", "\u00e9"])
def test_what_is_not_text_in_base64_is_a_mistake_in_words(text: str) -> None:
    assert asked(config="", config_base64=text)["errors"] == ["config_base64 is not UTF-8 text, in base64 on one line"]


@pytest.mark.parametrize("question", [{"confg": ""}, {"config": 5}, {"answer": "all of it"}, {"given": {"A": 1}}])
def test_an_event_that_is_no_question_is_refused(question: dict[str, Any]) -> None:
    with pytest.raises(QuestionError, match="this event is no question about a reaper"):
        asked(**question)


def test_rules_of_another_format_than_the_code_of_a_template_end_its_deployment_before_anything_is_made() -> None:
    declared = built_template()["Parameters"]["RulesFormat"]
    assert "Default" not in declared
    assert declared["AllowedValues"] == [asked()["parameters"]["RulesFormat"]] == [str(checked_rules.FORMAT)]
    assert "have the same version check reaper.toml" in declared["ConstraintDescription"]


def test_the_function_runs_as_the_others_do_and_may_only_write_its_log() -> None:
    function = TEMPLATE["Resources"]["CheckRules"]["Properties"]
    assert function["Runtime"] == f"python{runtime.VERSION}"
    assert function["Handler"] == f"{handler.__module__}.{handler.__name__}"
    (role,) = [one["Properties"] for one in TEMPLATE["Resources"].values() if one["Type"] == "AWS::IAM::Role"]
    assert "ManagedPolicyArns" not in role
    policy, network = role["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert network["Fn::If"][0] == "HasVpc"
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == {"Fn::GetAtt": "CheckRulesLog.Arn"}
