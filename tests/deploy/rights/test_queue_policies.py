"""Judge who may send to the queues of the stack, by their own policies, in every partition."""

import json
from typing import Any

import pytest
from ministack.core import iam_evaluator  # type: ignore[import-untyped]

from deploy.package.queue_policies import SENDERS
from tests.core.test_partitions import PARTITIONS
from tests.deploy.rights.judged_stack import EVERYTHING, LEAST, Setting, stack_of, statements_of
from tests.deploy.stack_files import Document, actions
from tests.deploy.worked_out import WorkedOut

OPERATOR = (
    "arn:{partition}:iam::{account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Operators_0123456789abcdef"
)
NAMED = OPERATOR.replace("0123456789abcdef", "*")
WITH_OPERATORS = Setting("with operators", {**LEAST.given, "OperatorArns": NAMED})


def _policy(stack: WorkedOut, queue: str) -> Any:
    policies = [
        one for _, one in stack.resources("AWS::SQS::QueuePolicy") if one["Queues"] == stack.of([{"Ref": queue}])
    ]
    assert len(policies) == 1  # a queue has only one: the last to be made would be all there is
    # The evaluator has values of its own for these keys.
    written = json.dumps(policies[0]["PolicyDocument"])
    for key in ("PrincipalArn", "SecureTransport"):
        written = written.replace(f'"aws:{key}"', f'"test:{key}"')
    return iam_evaluator.parse_policy_document(written)


def _denies(stack: WorkedOut, queue: str, who: str, *, secure: bool = True, action: str = "sqs:SendMessage") -> bool:
    known = {"test:principalarn": who} if who else {}
    request = iam_evaluator.EvalContext(
        principal_arn=who,
        principal_type="AssumedRole",
        principal_account=stack.where.account,
        action=action,
        resource_arn=stack.arn(queue),
        region=stack.where.region,
        service_context={"test:securetransport": str(secure).lower(), **known},
    )
    return bool(iam_evaluator.evaluate(request, [_policy(stack, queue)]).decision == "Deny")


def _queues(stack: WorkedOut) -> list[str]:
    return [name for name, _ in stack.resources("AWS::SQS::Queue")]


@pytest.mark.parametrize("partition", PARTITIONS)
def test_every_queue_refuses_plain_http_whoever_asks(partition: str) -> None:
    stack = stack_of(partition, EVERYTHING)
    assert len(_queues(stack)) == 9
    for queue in _queues(stack):
        for action in ("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"):
            assert _denies(stack, queue, stack.arn("ReleaseLockRole"), secure=False, action=action)
        assert not _denies(stack, queue, stack.arn("ReleaseLockRole"), action="sqs:ReceiveMessage")


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize("queue", SENDERS)
def test_nobody_sends_orders_but_the_roles_that_do_so(partition: str, queue: str) -> None:
    stack = stack_of(partition, EVERYTHING)
    roles = [name for name, _ in stack.resources("AWS::IAM::Role")]
    assert tuple(sorted(role for role in roles if not _denies(stack, queue, stack.arn(role)))) == tuple(
        sorted(SENDERS[queue])
    )
    where = stack.where
    strangers = ("role/admin", "user/script", "root", f"role/x/{stack.name(SENDERS[queue][0])}")
    for who in ("", *(f"arn:{partition}:iam::{where.account}:{one}" for one in strangers)):
        assert _denies(stack, queue, who)  # "": a service of AWS, which has no ARN
    assert _denies(stack, queue, stack.arn(SENDERS[queue][0]).replace(where.account, "999900001111"))


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize("queue", SENDERS)
def test_nobody_puts_an_order_among_the_dead_letters_for_an_operator_to_have_tried_again(
    partition: str, queue: str
) -> None:
    stack = stack_of(partition, WITH_OPERATORS)
    dead = _dead_letters(stack, queue)
    who = OPERATOR.format(partition=partition, account=stack.where.account)
    for one in (who, who.replace("Operators", "Readers"), stack.arn("ReleaseLockRole"), stack.arn("ApiHandlerRole")):
        assert _denies(stack, dead, one)
        assert not _denies(stack, dead, one, action="sqs:ReceiveMessage")
    assert not _denies(stack, dead, "")  # SQS itself, which has no ARN


@pytest.mark.parametrize("partition", PARTITIONS)
def test_no_other_queue_of_the_account_has_sqs_move_its_messages_into_a_queue_of_ours(partition: str) -> None:
    """SQS moves dead letters without asking the policy of the queue that they go to."""
    stack = stack_of(partition, EVERYTHING)
    allowed = {name: one["RedriveAllowPolicy"] for name, one in stack.resources("AWS::SQS::Queue")}
    with_dead_letters = {queue: _dead_letters(stack, queue) for queue in (*SENDERS, "LockEventQueue")}
    by_queue = {
        dead: {"redrivePermission": "byQueue", "sourceQueueArns": [stack.arn(queue)]}
        for queue, dead in with_dead_letters.items()
    }
    assert len(by_queue) == 4
    assert allowed == {name: {"redrivePermission": "denyAll"} for name in allowed} | by_queue


def _dead_letters(stack: WorkedOut, queue: str) -> str:
    """Return the queue that the queue's dead letters are in."""
    named = dict(stack.resources("AWS::SQS::Queue"))
    arn = named[queue]["RedrivePolicy"]["deadLetterTargetArn"]
    return next(name for name in named if stack.arn(name) == arn)


@pytest.mark.parametrize("queue", SENDERS)
def test_operators_may_send_once_they_are_named(queue: str) -> None:
    for partition in PARTITIONS:
        without, named = stack_of(partition, LEAST), stack_of(partition, WITH_OPERATORS)
        who = OPERATOR.format(partition=partition, account=named.where.account)
        assert _denies(without, queue, who)
        assert not _denies(named, queue, who)
        assert not _denies(named, queue, named.arn(SENDERS[queue][0]))
        assert _denies(named, queue, who.replace("Operators", "Readers"))


def test_the_policies_let_in_those_roles_that_have_the_right_to_send() -> None:
    stack = stack_of("aws", EVERYTHING)
    for queue, roles in SENDERS.items():
        may = {role for role, listed in statements_of(stack).items() if _sends(listed, stack.arn(queue))}
        assert {f"{role}Role" for role in may} == set(roles)


def _sends(statements: list[Document], queue: str) -> bool:
    sending = [one for one in statements if one["Effect"] == "Allow" and "sqs:SendMessage" in actions(one)]
    return any(queue in ([one["Resource"]] if isinstance(one["Resource"], str) else one["Resource"]) for one in sending)


def test_each_policy_is_within_sqs_quota() -> None:
    longest = Setting("many operators", {**EVERYTHING.given, "OperatorArns": ",".join([NAMED] * 20)})
    for _, one in stack_of("aws-us-gov", longest).resources("AWS::SQS::QueuePolicy"):
        assert len(json.dumps(one["PolicyDocument"])) < 8192
