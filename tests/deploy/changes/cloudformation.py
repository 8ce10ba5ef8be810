"""A CloudFormation that knows one stack and one change set of it."""

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, WaiterError

ARN = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/awscli-cloudformation-package-deploy-1/one"
STACK = "tflock-reaper-prod"


def change(action: str, name: str, kind: str, **more: Any) -> dict[str, Any]:
    """As DescribeChangeSet tells one."""
    return {
        "Type": "Resource",
        "ResourceChange": {"Action": action, "LogicalResourceId": name, "ResourceType": kind} | more,
    }


def parameters(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


@dataclass
class FakeCloudFormation:
    """What was done is in ``done``."""

    status: str | None = "UPDATE_COMPLETE"
    pages: list[list[dict[str, Any]]] = field(default_factory=lambda: [[]])
    before: dict[str, str] = field(default_factory=dict)
    after: list[dict[str, Any]] = field(default_factory=list)
    others: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def describe_change_set(self, ChangeSetName: str, NextToken: str = "0") -> dict[str, Any]:  # noqa: N803
        assert ChangeSetName == ARN
        page = int(NextToken)
        more = {"NextToken": str(page + 1)} if page + 1 < len(self.pages) else {}
        return {"Changes": self.pages[page], "Parameters": self.after} | more

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        if self.status is None:
            said = {"Error": {"Code": "ValidationError", "Message": f"Stack with id {StackName} does not exist"}}
            raise ClientError(said, "DescribeStacks")  # type: ignore[arg-type]
        return {"Stacks": [{"StackStatus": self.status, "Parameters": parameters(**self.before)}]}

    def describe_stack_events(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"StackEvents": self.failed}

    def list_change_sets(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"Summaries": [{"ChangeSetId": f"other-{number}"} for number in range(self.others)]}

    def execute_change_set(self, ChangeSetName: str) -> None:  # noqa: N803
        self.done.append("executed")

    def delete_change_set(self, ChangeSetName: str) -> None:  # noqa: N803
        self.done.append("change set deleted")

    def delete_stack(self, StackName: str) -> None:  # noqa: N803
        assert self.status == "REVIEW_IN_PROGRESS"
        self.done.append("stack deleted")

    def get_waiter(self, name: str) -> "FakeCloudFormation":
        self.done.append(name)
        return self

    def wait(self, StackName: str, WaiterConfig: dict[str, int]) -> None:  # noqa: N803
        if self.failed:
            raise WaiterError("Stack", "Waiter encountered a terminal failure state", {})
