"""Orders about joint alerts come to the functions that carry them out."""

from collections.abc import Iterator

import pytest

import app
from chalicelib import wiring
from chalicelib.aws.orders.joint import write_joint_click, write_show_joint
from chalicelib.core.joint.click import JointClick, JointOutcome, ShowJoint
from chalicelib.core.joint.verb import JointVerb
from tests.app.account import a_batch, an_account
from tests.builders import ALICE, CHANNEL, TAKEN, TEAM
from tests.fakes.world import FakeWorld


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeWorld]:
    fake = FakeWorld(TAKEN)
    with an_account(tmp_path_factory.mktemp("config")), pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "world", lambda: fake.ports)
        yield fake
    wiring.world.cache_clear()


def click(verb: JointVerb) -> str:
    said = {"user": ALICE, "user_team": TEAM, "channel": CHANNEL, "click": f"{ALICE} 1"}
    return write_joint_click(JointClick(joint="0" * 32, verb=verb, **said)).decode()


def test_each_function_carries_out_its_own_clicks_on_joint_alerts(world: FakeWorld) -> None:
    app.release_lock(a_batch(click(JointVerb.RELEASE)), None)
    for verb in set(JointVerb) - {JointVerb.RELEASE}:
        app.answer_click(a_batch(click(verb)), None)
    app.answer_click(a_batch(write_show_joint(ShowJoint(joint="0" * 32)).decode()), None)
    assert [told.outcome for _, told in world.messenger.answers] == [JointOutcome.UNKNOWN] * len(JointVerb)
    assert {told.verb for _, told in world.messenger.answers} == set(JointVerb)


def test_a_click_that_came_to_the_wrong_function_does_nothing(world: FakeWorld) -> None:
    app.release_lock(a_batch(click(JointVerb.SNOOZE)), None)
    app.answer_click(a_batch(click(JointVerb.RELEASE)), None)
    assert world.orders.releases == []
