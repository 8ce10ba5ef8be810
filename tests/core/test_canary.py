"""What is a canary: a lock whose key and whose body both say so, alerted at once and only in a channel we know."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.alerts.page import Page
from chalicelib.core.canary import Canary, body_of, channel_of, is_canary, run_of
from chalicelib.core.joint.belonging import holder_of
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.body import lock_of
from chalicelib.core.locks.terraform.lock_info import Risk
from chalicelib.core.policy import Route, Rules
from tests.builders import ALICE, BOB, BUCKET, CHANNEL, TABLE, TAKEN, a_policy, a_ref, a_table_lock, some_rules

RUN = "0123456789ab"
CANARY = Canary(run=RUN, channel="C0PROD", target=Target(Kind.S3, BUCKET))
PLACE = CANARY.place("first")


def a_canary(place: Place = PLACE, taken: datetime = TAKEN, **said: Any) -> HeldLock:
    told = json.loads(body_of(place, RUN, 1, TAKEN)) | said
    body = json.dumps(told).encode()
    return lock_of(a_ref(place.key, body, taken, place.container), body)


def test_a_canary_s_key_is_within_its_target_and_says_its_run_and_its_channel() -> None:
    assert PLACE.key == "tflock-reaper-canary/0123456789ab/C0PROD/first.tfstate.tflock"
    assert (channel_of(PLACE.state_key), run_of(PLACE.state_key)) == ("C0PROD", RUN)


@pytest.mark.parametrize(
    ("target", "key"),
    [
        (Target(Kind.S3, BUCKET, ("prod/", "dev/")), "prod/tflock-reaper-canary/"),
        (Target(Kind.S3, BUCKET, ("prod",)), "prod/tflock-reaper-canary/"),
        (Target(Kind.DYNAMODB, TABLE), "tflock-reaper-canary.invalid/tflock-reaper-canary/"),
        (Target(Kind.DYNAMODB, TABLE, ("acme/team/",)), "acme/team/tflock-reaper-canary/"),
    ],
)
def test_its_target_covers_it_and_its_channel_is_read_from_its_key(target: Target, key: str) -> None:
    place = Canary(run=RUN, channel="C0PROD", target=target).place("probe +%25 é")
    assert place.key.startswith(key)
    assert target.covers(place)
    assert channel_of(place.state_key) == "C0PROD"


@pytest.mark.parametrize(
    "key",
    ["prod/network.tfstate", "tflock-reaper-canary/x.tfstate", f"tflock-reaper-canary/{RUN}/first.tfstate",
     f"tflock-reaper-canary/{RUN}/U0ALICE/first.tfstate", f"tflock-reaper-canary/{RUN}/C0PROD/a/b.tfstate",
     f"tflock-reaper-canary/{RUN.upper()}/C0PROD/a.tfstate", f"tflock-reaper-canary/{RUN}/C0PROD/a.tfstate\n",
     f"xtflock-reaper-canary/{RUN}/C0PROD/a.tfstate"],
)  # fmt: skip
def test_a_key_of_any_other_form_names_no_channel(key: str) -> None:
    assert (channel_of(key), run_of(key)) == ("", "")


def test_a_lock_is_a_canary_only_if_key_and_body_say_so_here_and_now() -> None:
    assert is_canary(a_canary())
    assert not is_canary(a_canary(Who="root@vm"))
    assert not is_canary(a_canary(Info=""))
    assert not is_canary(a_canary(Operation="OperationTypeApply"))
    assert not is_canary(a_canary(Path=f"{BUCKET}/elsewhere.tfstate"))
    assert not is_canary(a_canary(taken=TAKEN + timedelta(days=1)))
    assert not is_canary(a_canary(Place(Kind.S3, BUCKET, "prod/network.tfstate.tflock")))


def test_an_item_of_a_lock_table_can_be_a_canary() -> None:
    place = Canary(run=RUN, channel="C0PROD", target=Target(Kind.DYNAMODB, TABLE)).place("first")
    assert is_canary(a_table_lock(key=place.key, body=body_of(place, RUN, 1, TAKEN)))


def rules() -> Rules:
    prod = a_policy((BOB,), "C0PROD", mentions={1: ("S0ONCALL",)}, owner_emails=True, auto_release=timedelta(hours=1))
    return some_rules(Route((f"{BUCKET}/prod/*",), prod), Route((f"{BUCKET}/x/*",), a_policy((ALICE,), "C0PROD")))


def test_a_canary_is_alerted_at_once_in_its_channel_and_calls_nobody() -> None:
    policy = rules().policy_for(PLACE)
    assert policy.channel == "C0PROD"
    assert all(policy.level(risk, timedelta(0)) == 1 for risk in Risk)
    assert policy.called(0, 1) == ()
    assert (policy.owner_emails, policy.owners, policy.auto_release) == (False, {}, None)
    assert policy.working_hours.open_at(datetime(2026, 11, 22, 3, tzinfo=UTC))


def test_a_canary_is_released_by_those_who_release_in_its_channel_s_first_route_and_by_nobody_more() -> None:
    assert rules().policy_for(PLACE).releasers == (BOB,)
    here = Canary(run=RUN, channel=CHANNEL, target=CANARY.target).place("first")
    assert rules().policy_for(here).releasers == (ALICE,)


def test_a_key_that_names_a_channel_that_the_rules_do_not_know_is_like_any_other_key() -> None:
    stranger = Canary(run=RUN, channel="C0STRANGER", target=CANARY.target).place("first")
    assert rules().policy_for(stranger) == rules().routes[-1].policy


def test_canaries_are_never_a_joint_alert() -> None:
    assert holder_of(Page(lock=a_canary())) is None
