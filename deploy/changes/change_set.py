"""Read, carry out or take back a change set of CloudFormation."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError, WaiterError

from deploy.changes.shown import Changes
from deploy.commands import CommandError

if TYPE_CHECKING:
    from types_boto3_cloudformation.client import CloudFormationClient

_NOT_MADE_YET = "REVIEW_IN_PROGRESS"
"""A stack that a change set was made for, and nothing else."""


class ChangeSet(NamedTuple):
    """A change set that is ready, and the stack that it is of."""

    cloudformation: "CloudFormationClient"
    arn: str
    stack: str

    def changes(self) -> Changes:
        """Return what it would do."""
        answers = list(self._answers())
        resources = [
            change["ResourceChange"] for one in answers for change in one["Changes"] if "ResourceChange" in change
        ]
        before = {} if self._is_new() else _values(self._stack().get("Parameters", []))
        return Changes(resources, before, before | _values(answers[0].get("Parameters", [])))

    def _answers(self) -> Iterator[Mapping[str, Any]]:
        """Ask for one part after the other: CloudFormation tells at most 1 MB at once."""
        where: dict[str, Any] = {"ChangeSetName": self.arn}
        while True:
            answer = self.cloudformation.describe_change_set(**where)
            yield answer
            if not answer.get("NextToken"):
                return
            where["NextToken"] = answer["NextToken"]

    def carry_out(self) -> None:
        """Do what was shown, and wait for its end.

        Raises:
            CommandError: with what CloudFormation said of the resources that failed.
        """
        waiter = self.cloudformation.get_waiter("stack_create_complete" if self._is_new() else "stack_update_complete")
        self.cloudformation.execute_change_set(ChangeSetName=self.arn)
        try:
            waiter.wait(StackName=self.stack, WaiterConfig={"Delay": 5, "MaxAttempts": 720})
        except WaiterError as error:
            raise CommandError(f"{self.stack} was not deployed: {'; '.join(self._failures()) or error}") from error

    def _failures(self) -> list[str]:
        events = self.cloudformation.describe_stack_events(StackName=self.stack)["StackEvents"]
        failed = [event for event in events if event.get("ResourceStatus", "").endswith("_FAILED")]
        return [f"{one['LogicalResourceId']}: {one.get('ResourceStatusReason', '?')}" for one in reversed(failed)]

    def take_back(self) -> None:
        """Delete it, and the empty stack that the first change set of a stack makes."""
        self.cloudformation.delete_change_set(ChangeSetName=self.arn)
        if self._is_new() and not self._has_others():
            self.cloudformation.delete_stack(StackName=self.stack)

    def _has_others(self) -> bool:
        """Return whether somebody else's change set waits for an answer; ours may be listed until it is deleted."""
        listed = self.cloudformation.list_change_sets(StackName=self.stack)["Summaries"]
        return any(one.get("ChangeSetId") != self.arn for one in listed)

    def _is_new(self) -> bool:
        return bool(self._stack().get("StackStatus", _NOT_MADE_YET) == _NOT_MADE_YET)

    def _stack(self) -> Mapping[str, Any]:
        """Return the stack as it is; CloudFormation answers a ValidationError when there is none."""
        try:
            return self.cloudformation.describe_stacks(StackName=self.stack)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return {}
            raise


def _values(parameters: Any) -> dict[str, str]:
    """Return values by names; a parameter that stays as it is may come without one."""
    return {one["ParameterKey"]: one["ParameterValue"] for one in parameters if "ParameterValue" in one}
