"""Whether the key of the queue lets in what sends lock events."""

from typing import Any

import pytest

from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.doctor.wiring.case import Bus, Queue, QueueKey
from chalicelib.core.doctor.wiring.delivery import delivery
from chalicelib.core.doctor.wiring.reading.queue import judge_queue
from chalicelib.core.doctor.wiring.senders import stacks_policy
from tests.core.doctor.wiring.cases import HOME, hears, some_case, some_parts
from tests.core.doctor.wiring.test_delivery import only, pasted
from tests.core.doctor.wiring.test_reading import mapping

KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/queues"
ROOT: dict[str, Any] = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HOME}:root"}, "Action": "kms:*"}
LETS: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Resource": "*"}


def told(*statements: dict[str, Any]) -> Finding:
    return with_key(QueueKey(arn=KEY, policy={"Version": "2012-10-17", "Statement": list(statements)}))


def with_key(key: QueueKey) -> Finding:
    case = some_case()
    queue = Queue(exists=True, policy=stacks_policy(case.parts), key=key.arn, own_key=key)
    return only(list(delivery(case, hears(case), queue, Bus())))


def test_a_key_as_kms_makes_it_lets_no_service_in_and_the_fix_keeps_what_it_has() -> None:
    root = ROOT | {"Resource": "*"}
    found = told(root)
    assert (found.colour, "is lost" in found.seen) == (Colour.RED, True)
    whole = pasted(found)["Statement"]
    assert root in whole
    assert told(*whole).colour is Colour.GREEN


@pytest.mark.parametrize(
    ("statement", "colour"),
    [
        (LETS | {"Action": ["kms:GenerateDataKey*", "kms:Decrypt"]}, Colour.GREEN),
        (LETS | {"Action": ["kms:Decrypt"]}, Colour.RED),
        (LETS | {"Action": "kms:*", "Condition": {"StringEquals": {"kms:ViaService": "sqs"}}}, Colour.GREY),
        (LETS | {"Action": "kms:*", "Effect": "Deny"}, Colour.RED),
    ],
)
def test_a_service_needs_both_rights_and_what_cannot_be_judged_is_not_known(
    statement: dict[str, Any], colour: Colour
) -> None:
    assert told(statement).colour is colour


def test_a_key_whose_policy_may_not_be_read_is_not_known() -> None:
    assert with_key(QueueKey(arn=KEY)).colour is Colour.GREY


@pytest.mark.parametrize(
    ("state", "command"),
    [("Disabled", "enable-key"), ("PendingDeletion", "cancel-key-deletion"), ("gone", "")],
)
def test_a_queue_whose_key_is_off_or_gone_is_red(state: str, command: str) -> None:
    queue = Queue(exists=True, key=KEY, own_key=QueueKey(arn=KEY, state=state))
    found = judge_queue(some_parts(), queue, [mapping()])
    assert (found.colour, f"is {state}" in found.seen) == (Colour.RED, True)
    assert found.fix
    assert command in found.fix.cli


def test_a_queue_that_is_made_again_gets_the_stack_s_key() -> None:
    found = judge_queue(some_parts(QueueKmsKeyArn=KEY), Queue(exists=False), [mapping()])
    assert found.fix
    assert KEY in found.fix.cli
