"""Test that the reaper of all these tests runs under an organisation's rules, as far as the local cloud keeps them.

It forgets boundaries, VPCs, concurrency and the table's key: tests/deploy/organisation has those.
"""

import pytest
from botocore.exceptions import ClientError

from chalicelib.stack import names
from demo.deployed import STAGE, DeployedReaper
from deploy import tags
from tests.local_cloud.conftest import TAGS


def made(reaper: DeployedReaper, kind: str) -> list[str]:
    """What the stack has of one kind: other tests have theirs in the same cloud."""
    pages = reaper.cloud.client("cloudformation").get_paginator("list_stack_resources")
    listed = [one for page in pages.paginate(StackName=names.stack(STAGE)) for one in page["StackResourceSummaries"]]
    found = [one["PhysicalResourceId"] for one in listed if one["ResourceType"] == kind]
    assert len(found) >= 9
    return found


def test_every_queue_of_the_running_stack_is_encrypted_with_the_key_and_none_but_it(reaper: DeployedReaper) -> None:
    sqs = reaper.cloud.client("sqs")
    encrypted = set()
    for url in made(reaper, "AWS::SQS::Queue"):
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        encrypted.add((told.get("KmsMasterKeyId", "")[:12], told["SqsManagedSseEnabled"]))
    assert encrypted == {("arn:aws:kms:", "false")}


def test_the_tags_of_the_stack_are_on_what_it_made_and_another_deployment_keeps_them(reaper: DeployedReaper) -> None:
    sqs, functions = reaper.cloud.client("sqs"), reaper.cloud.client("lambda")
    tagged = [sqs.list_queue_tags(QueueUrl=url)["Tags"] for url in made(reaper, "AWS::SQS::Queue")]
    tagged += [functions.get_function(FunctionName=one)["Tags"] for one in made(reaper, "AWS::Lambda::Function")]
    assert all(TAGS.items() <= own.items() for own in tagged)
    option = tags.of_stack(names.stack(STAGE), reaper.cloud.environment)
    assert sorted(option) == ["--tags", *sorted(f"{name}={value}" for name, value in TAGS.items())]
    assert tags.of_stack("no-such-stack", reaper.cloud.environment) == ()


def test_every_function_of_the_running_stack_is_traced(reaper: DeployedReaper) -> None:
    functions = reaper.cloud.client("lambda")
    traced = [functions.get_function_configuration(FunctionName=one) for one in made(reaper, "AWS::Lambda::Function")]
    assert {one["TracingConfig"]["Mode"] for one in traced} == {"Active"}


def test_subnets_without_a_security_group_are_refused_in_words(reaper: DeployedReaper) -> None:
    cloud = reaper.cloud.client("cloudformation")
    name = names.stack(STAGE)
    now = cloud.describe_stacks(StackName=name)["Stacks"][0]["Parameters"]
    kept = [{"ParameterKey": one["ParameterKey"], "UsePreviousValue": True} for one in now]
    alone = [one for one in kept if one["ParameterKey"] != "VpcSecurityGroupIds"]
    alone.append({"ParameterKey": "VpcSecurityGroupIds", "ParameterValue": ""})
    agreed = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    with pytest.raises(ClientError, match="Give both VpcSubnetIds and VpcSecurityGroupIds, or neither"):
        cloud.update_stack(StackName=name, UsePreviousTemplate=True, Parameters=alone, Capabilities=agreed)
