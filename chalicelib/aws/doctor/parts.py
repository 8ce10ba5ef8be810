"""Read the parts of a deployed reaper from its stack."""

from typing import Any

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.core.doctor.parts import Parts

_ROLE, _FUNCTION = "AWS::IAM::Role", "AWS::Lambda::Function"


def parts_of(stack: str, reach: Reach) -> Parts:
    """Return the parts of the reaper of a stack. Raises NotAllowedError and NotKnownError."""
    cloud = reach.client("cloudformation", "")
    [told] = asked("CloudFormation", "cloudformation:DescribeStacks", lambda: cloud.describe_stacks(StackName=stack))[
        "Stacks"
    ]
    pages = cloud.get_paginator("list_stack_resources").paginate(StackName=stack)
    made = asked(
        "CloudFormation",
        "cloudformation:ListStackResources",
        lambda: [one for page in pages for one in page["StackResourceSummaries"]],
    )
    parameters = {one["ParameterKey"]: one.get("ParameterValue", "") for one in told.get("Parameters", [])}
    return Parts(
        stack=stack,
        stage=parameters.get("Stage", ""),
        account=reach.account,
        region=reach.region,
        partition=reach.partition,
        outputs={one["OutputKey"]: one["OutputValue"] for one in told.get("Outputs", [])},
        parameters=parameters,
        roles={name.removesuffix("Role"): role for name, role in _of_type(made, _ROLE).items()},
        functions=_of_type(made, _FUNCTION),
    )


def _of_type(made: list[dict[str, Any]], wanted: str) -> dict[str, str]:
    return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in made if one["ResourceType"] == wanted}
