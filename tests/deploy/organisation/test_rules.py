"""Test what an organisation may ask of the stack, on the template as CloudFormation sees it after the SAM transform.

The local cloud takes most of these properties and forgets them.
"""

import re
from typing import Any

import pytest

from chalicelib.core.partitions import through
from deploy.lint_stack.files import by_chalice, transformed
from tests.deploy.organisation.made import made, properties
from tests.deploy.stack_files import Document, functions
from tests.deploy.test_package import FUNCTIONS

pytestmark = pytest.mark.thorough  # Chalice and the transform take four seconds

REGION, ACCOUNT = "eu-central-1", "111122223333"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/org/boundary"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/mrk-1234567890abcdef1234567890abcdef"
EVERYTHING = {
    "PermissionsBoundaryArn": BOUNDARY,
    "VpcSubnetIds": "subnet-0a1b2c3d,subnet-0a1b2c3d4e5f60718",
    "VpcSecurityGroupIds": "sg-0a1b2c3d4e5f60718",
    "HttpsProxy": "http://proxy.example.com:3128",
    "QueueKmsKeyArn": KEY,
    "TableKmsKeyArn": KEY,
    "EnvironmentKmsKeyArn": KEY,
    "Tracing": "Active",
    "UndoMinutes": "10",
    "TableStream1": "arn:aws:dynamodb:eu-central-1:111122223333:table/locks/stream/2026-11-21T03:18:57.000",
}
FUNCTION, ROLE, QUEUE = "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::SQS::Queue"


def of_type(kind: str, **values: str) -> dict[str, Document]:
    return properties(made(transformed(), **values), kind)


def policies(name: str, **values: str) -> dict[str, list[Document]]:
    """Return the statements of one policy by the roles that have it."""
    found = {}
    for role, one in of_type(ROLE, **values).items():
        for policy in one["Policies"]:
            if policy["PolicyName"] == name:
                found[role] = policy["PolicyDocument"]["Statement"]
    return found


ALL_ROLES = {f"{name.title().replace('_', '')}Role" for name in functions()}


def test_every_role_has_the_boundary_those_that_the_transform_adds_too() -> None:
    roles = of_type(ROLE, **EVERYTHING)
    assert set(roles) >= ALL_ROLES
    assert {one["PermissionsBoundary"] for one in roles.values()} == {BOUNDARY}


def test_the_defaults_leave_the_stack_as_it_was() -> None:
    was, now = made(by_chalice()), of_type(FUNCTION)
    for name, function in now.items():
        assert function.keys() & {"VpcConfig", "KmsKeyArn", "ReservedConcurrentExecutions"} == set()
        assert function["TracingConfig"] == {"Mode": "PassThrough"}
        assert function["Environment"]["Variables"].keys() & {"HTTPS_PROXY", "NO_PROXY"} == set()
        assert name in was
    queues = {name: {**one} for name, one in of_type(QUEUE).items()}
    assert all(one.pop("RedriveAllowPolicy") for one in queues.values())  # of deploy/package/queue_policies.py
    assert queues == properties(was, QUEUE)
    assert of_type("AWS::DynamoDB::Table") == properties(was, "AWS::DynamoDB::Table")
    assert of_type(ROLE) == properties(was, ROLE)
    [stage] = of_type("AWS::ApiGateway::Stage").values()
    assert stage["TracingEnabled"] is False


def test_no_function_has_a_tag_of_its_own_beside_the_stack_s_and_sam_s() -> None:
    own = {tag["Key"] for one in of_type(FUNCTION).values() for tag in one.get("Tags", [])}
    assert own <= {"lambda:createdBy"}


def test_every_function_runs_in_the_subnets_with_the_security_groups() -> None:
    networks = [one["VpcConfig"] for one in of_type(FUNCTION, **EVERYTHING).values()]
    wanted = {"SubnetIds": EVERYTHING["VpcSubnetIds"], "SecurityGroupIds": EVERYTHING["VpcSecurityGroupIds"]}
    assert networks == [wanted] * len(functions())


def test_lambda_may_make_network_interfaces_and_what_runs_in_a_function_may_not() -> None:
    rights = policies("UseTheNetwork", **EVERYTHING)
    assert set(rights) == ALL_ROLES
    for allowed, denied in rights.values():
        assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
        assert all(action.startswith("ec2:") for action in allowed["Action"])
        assert denied["Action"] == "ec2:*"
        assert denied["Condition"]["ArnLike"].keys() == {"lambda:SourceFunctionArn"}
    assert policies("UseTheNetwork") == {}


@pytest.mark.parametrize("alone", ["VpcSubnetIds", "VpcSecurityGroupIds"])
def test_a_vpc_is_subnets_and_security_groups_or_neither(alone: str) -> None:
    given = dict.fromkeys(("VpcSubnetIds", "VpcSecurityGroupIds"), "") | {alone: EVERYTHING[alone]}
    [assertion] = transformed()["Rules"]["VpcIsWhole"]["Assertions"]
    assert not _is_true(assertion["Assert"], given)
    assert _is_true(assertion["Assert"], dict.fromkeys(given, ""))
    assert _is_true(assertion["Assert"], {name: EVERYTHING[name] for name in given})
    assert all(name in assertion["AssertDescription"] for name in given)


def _is_true(part: Any, values: dict[str, str]) -> bool:
    ((function, given),) = part.items()
    if function == "Fn::EachMemberEquals":
        return {given[1]} == set(values[given[0]["Ref"]].split(","))
    all_of = [_is_true(one, values) for one in given]
    return {"Fn::Not": not all_of[0], "Fn::And": all(all_of), "Fn::Or": any(all_of)}[str(function)]


def test_a_proxy_is_for_slack_and_aws_is_reached_without_it_unless_somebody_says_otherwise() -> None:
    for function in of_type(FUNCTION, **EVERYTHING).values():
        told = function["Environment"]["Variables"]
        assert told["HTTPS_PROXY"] == EVERYTHING["HttpsProxy"]
        assert told["NO_PROXY"] == {"Fn::Sub": ".${AWS::URLSuffix},localhost,127.0.0.1"}
    told = of_type(FUNCTION, HttpsProxy="http://p:1", NoProxy="localhost")["ReleaseLock"]["Environment"]["Variables"]
    assert told["NO_PROXY"] == "localhost"


def test_every_queue_is_encrypted_with_the_key_the_dead_letters_too_and_with_one_kind_of_encryption() -> None:
    queues = of_type(QUEUE, **EVERYTHING)
    assert "TableStreamDeadLetterQueue" in queues
    assert len(queues) >= 9
    for queue in queues.values():
        assert (queue["KmsMasterKeyId"], queue["SqsManagedSseEnabled"]) == (KEY, False)


def test_the_lock_book_and_the_environment_of_each_function_are_encrypted_with_their_keys() -> None:
    [book] = of_type("AWS::DynamoDB::Table", **EVERYTHING).values()
    assert book["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}
    assert {one["KmsKeyArn"] for one in of_type(FUNCTION, **EVERYTHING).values()} == {KEY}


def test_a_role_may_use_a_key_only_for_what_it_uses_and_by_way_of_that_service() -> None:
    rights = {
        "SendUnderTheKey": (ALL_ROLES - {"ExamineSetupRole"}, ["kms:Decrypt", "kms:GenerateDataKey"], "sqs"),
        "UseTheTablesKey": (ALL_ROLES - {"TableChangedRole"}, ["kms:Decrypt"], "dynamodb"),
        "ReadTheEnvironment": (ALL_ROLES, ["kms:Decrypt"], "lambda"),
    }
    for name, (roles, actions, service) in rights.items():
        found = policies(name, **EVERYTHING)
        assert set(found) == roles
        [statement] = next(iter(found.values()))
        assert (statement["Action"], statement["Resource"]) == (actions, KEY)
        way = {"Fn::Sub": through(service, "${AWS::Region}")}
        assert statement["Condition"] == {"StringLike": {"kms:ViaService": way}}
        assert policies(name) == {}


def test_each_key_is_given_by_its_arn_because_the_roles_are_given_rights_to_no_alias() -> None:
    for name in ("QueueKmsKeyArn", "TableKmsKeyArn", "EnvironmentKmsKeyArn"):
        pattern = transformed()["Parameters"][name]["AllowedPattern"]
        fits = [text for text in ("", KEY, KEY.replace("aws:", "aws-us-gov:")) if re.fullmatch(pattern, text)]
        assert len(fits) == 3
        assert not re.fullmatch(pattern, f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/reaper")


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_has_as_many_runs_at_once_as_are_reserved_for_it(function: str) -> None:
    values = {f"{function}Concurrency": "7"}
    assert of_type(FUNCTION, **values)[function]["ReservedConcurrentExecutions"] == "7"
    mappings = of_type("AWS::Lambda::EventSourceMapping", **values).values()
    taken = [
        one["ScalingConfig"]["MaximumConcurrency"]
        for one in mappings
        if one["FunctionName"] == {"Ref": function} and "ScalingConfig" in one
    ]
    assert taken in ([], ["7"])


def test_no_number_that_lambda_refuses_or_that_stops_a_function_without_a_word_can_be_reserved() -> None:
    parameters = transformed()["Parameters"]
    fitting = {
        name.removesuffix("Concurrency"): {
            number
            for number in ("", "0", "1", "2", "1000", "1001", "20000")
            if re.fullmatch(one["AllowedPattern"], number)
        }
        for name, one in parameters.items()
        if name.endswith("Concurrency")
    }
    from_a_queue = {"SweepTarget", "RecordLockEvent", "ReleaseLock", "AnswerClick"}
    assert {name: numbers for name, numbers in fitting.items() if name in from_a_queue} == {
        name: {"", "2", "1000"} for name in from_a_queue
    }
    assert all(fitting[name] == {"", "1", "2", "1000", "1001"} for name in fitting.keys() - from_a_queue)
    assert len(fitting) == len(functions())


def test_without_a_reservation_a_queue_is_taken_from_as_before() -> None:
    mappings = of_type("AWS::Lambda::EventSourceMapping", SweepsAtOnce="31").values()
    most = {str(one["FunctionName"]["Ref"]): one["ScalingConfig"]["MaximumConcurrency"] for one in mappings}
    assert most == {"SweepTarget": "31", "RecordLockEvent": 5, "ReleaseLock": 5, "AnswerClick": 5}


def test_traces_are_written_by_every_function_and_the_api_or_by_none() -> None:
    assert {one["TracingConfig"]["Mode"] for one in of_type(FUNCTION, **EVERYTHING).values()} == {"Active"}
    [stage] = of_type("AWS::ApiGateway::Stage", **EVERYTHING).values()
    assert stage["TracingEnabled"] is True
    rights = policies("WriteTraces", **EVERYTHING)
    assert set(rights) == ALL_ROLES
    assert rights["ReleaseLockRole"][0]["Action"] == ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    assert policies("WriteTraces") == {}
