"""Test what keeps strangers from the API, and what is kept of requests to it."""

import copy
import json
import re
from typing import Any

import boto3
import pytest
from ministack.core import iam_evaluator  # type: ignore[import-untyped]
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]

import app
from tests.core.test_partitions import PARTITIONS
from tests.deploy.rights.judged_stack import LEAST, Setting, built_template, stack_of
from tests.deploy.stack_files import Document, resources
from tests.deploy.worked_out import WorkedOut

OFFICE = "198.51.100.0/24,2001:db8::/32"
ACL = "arn:{partition}:wafv2:{region}:{account}:regional/webacl/slack/0123"
ALL = Setting("all", {**LEAST.given, "AllowedSources": OFFICE, "ApiAccessLog": "yes", "WebAclArn": ACL})
LOGGED = {"requestId", "requestTime", "httpMethod", "resourcePath", "status", "responseLatency", "wafResponseCode"}
"""What of ``$context`` a line has beside the address and the kind of an error: nothing that a request carries."""


def _api(stack: WorkedOut) -> Document:
    [(_, properties)] = stack.resources("AWS::Serverless::Api")
    return properties


def _lets_in(stack: WorkedOut, address: str) -> bool:
    """Judge a request by the API's own policy, which alone decides: there is no authorizer."""
    statements = _api(stack)["Auth"]["ResourcePolicy"]["CustomStatements"]
    short, whole = "execute-api:/*", stack.where.arn("execute-api", "abc123/*")
    written = json.dumps({"Version": "2012-10-17", "Statement": statements}).replace(short, whole)
    request = iam_evaluator.EvalContext(
        principal_arn="anonymous",
        principal_type="Anonymous",
        principal_account="",
        action="execute-api:Invoke",
        resource_arn=stack.where.arn("execute-api", "abc123/api/POST/slack/actions"),
        region=stack.where.region,
        source_ip=address,
    )
    return bool(iam_evaluator.evaluate(request, [iam_evaluator.parse_policy_document(written)]).decision == "Allow")


def test_a_flood_of_one_path_leaves_the_other_alone() -> None:
    settings = _api(stack_of("aws", LEAST))["MethodSettings"]
    limits = {one["ResourcePath"].replace("~1", "/")[1:]: int(one["ThrottlingRateLimit"]) for one in settings}
    assert set(limits) == {"*", *app.app.routes}
    assert min(limits[path] for path in app.app.routes) > 20  # a flood of as much locked Slack out


def test_each_throttle_is_a_parameter() -> None:
    given = {"ClicksPerSecond": "1", "ClicksAtOnce": "2", "CommandsPerSecond": "3", "CommandsAtOnce": "4"}
    settings = _api(stack_of("aws", Setting("throttled", {**LEAST.given, **given})))["MethodSettings"]
    throttles = [(one["ThrottlingRateLimit"], one["ThrottlingBurstLimit"]) for one in settings[1:]]
    assert throttles == [("1", "2"), ("3", "4")]


@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_list_of_addresses_keeps_out_all_others_and_no_list_nobody(partition: str) -> None:
    for address, listed in (("198.51.100.7", True), ("203.0.113.9", False), ("2001:db8::1", True), ("::1", False)):
        assert _lets_in(stack_of(partition, ALL), address) is listed
        assert _lets_in(stack_of(partition, LEAST), address)


def test_another_list_is_another_deployment_of_the_api_or_it_would_not_be_in_force() -> None:
    """API Gateway judges by the policy that was there at the last deployment."""
    made = {
        tuple(_deployments({"AllowedSources": listed})) for listed in ("", OFFICE, OFFICE.split(",", maxsplit=1)[0])
    }
    assert len(made) == 3
    assert tuple(_deployments({"AllowedSources": ""})) in made  # and the same list is the same deployment


def _deployments(given: dict[str, Any]) -> list[str]:
    """Return the logical IDs of the API's deployments, as SAM makes them."""
    made = Translator({}, Parser(), boto_session=boto3.Session(region_name="eu-central-1")).translate(
        copy.deepcopy(built_template()), given
    )
    return [name for name, one in made["Resources"].items() if one["Type"] == "AWS::ApiGateway::Deployment"]


@pytest.mark.parametrize("listed", ["", "198.51.100.0/24", OFFICE, "0.0.0.0/0"])
def test_a_list_of_addresses_is_taken(listed: str) -> None:
    assert re.fullmatch(resources()["Parameters"]["AllowedSources"]["AllowedPattern"], listed)


@pytest.mark.parametrize("listed", ["198.51.100.1", "198.51.100.0/24, 203.0.113.0/24", "slack.com", "198.51.100.0/24,"])
def test_what_is_no_list_of_addresses_is_refused_before_anything_is_made(listed: str) -> None:
    assert not re.fullmatch(resources()["Parameters"]["AllowedSources"]["AllowedPattern"], listed)


@pytest.mark.parametrize("partition", PARTITIONS)
def test_the_access_log_is_off_unless_it_is_asked_for_and_has_nothing_that_a_request_carries(partition: str) -> None:
    stack = stack_of(partition, ALL)
    log = _api(stack)["AccessLogSetting"]
    line = json.loads(log["Format"])
    asked = {value.removeprefix("$context.") for value in line.values()}
    assert asked - LOGGED == {"identity.sourceIp", "error.responseType"}
    assert log["DestinationArn"] == stack.where.arn("logs", "log-group:/tflock-reaper/prod/api")
    assert "\n" not in log["Format"]
    without = stack_of(partition, LEAST)
    assert "AccessLogSetting" not in _api(without)
    assert "ApiAccessLogGroup" not in dict(without.resources())


def test_the_access_log_is_kept_as_long_as_the_journal_and_under_its_key() -> None:
    stack = resources()["Resources"]
    own, journal = stack["ApiAccessLogGroup"]["Properties"], stack["LogGroup"]["Properties"]
    assert {own[name] == journal[name] for name in ("RetentionInDays", "KmsKeyId")} == {True}


@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_web_acl_is_put_before_the_api_where_one_is_named(partition: str) -> None:
    stack = stack_of(partition, ALL)
    acl = dict(stack.resources("AWS::WAFv2::WebACLAssociation"))["ApiWebAcl"]
    assert acl["ResourceArn"].startswith(f"arn:{partition}:apigateway:{stack.where.region}::/restapis/")
    assert list(stack_of(partition, LEAST).resources("AWS::WAFv2::WebACLAssociation")) == []
