"""Orders about joint alerts come to the functions that carry them out."""

from collections.abc import Iterator

import pytest

import app
from chalicelib import wiring
from chalicelib.aws.orders.joint import write_joint_click, write_show_joint
from chalicelib.core.joint.click import JointClick, ShowJoint
from chalicelib.core.joint.verb import JointVerb
from tests.app.account import a_batch, an_account, printed
from tests.slack.words.joint.test_joint_words import ID, a_joint

ASKING = [verb for verb in JointVerb if not verb.is_free]


@pytest.fixture(scope="module", autouse=True)
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    for built in vars(wiring).values():
        if hasattr(built, "cache_clear"):
            built.cache_clear()
    with an_account(tmp_path_factory.mktemp("config")):
        wiring.world().joints.save(a_joint(3))
        yield


@pytest.fixture(autouse=True)
def stdout_of_this_test() -> Iterator[None]:
    """The journal writes where the output went when it was built."""
    forget()
    yield
    forget()


def forget() -> None:
    wiring.journal.cache_clear()
    wiring.world.cache_clear()


def stranger_s(verb: JointVerb) -> str:
    """The click of somebody whom nobody can answer, so that nothing goes to Slack."""
    return write_joint_click(JointClick(joint=ID, verb=verb, user_team="T0OTHER", click="1")).decode()


@pytest.mark.parametrize("verb", ASKING)
def test_each_function_carries_out_its_own_clicks_on_joint_alerts(
    verb: JointVerb, capsys: pytest.CaptureFixture[str]
) -> None:
    carry_out = app.release_lock if verb.releases else app.answer_click
    carry_out(a_batch(stranger_s(verb)), None)
    [line] = printed(capsys, '{"event"')
    assert (line["event"], line["outcome"]) == ("release_refused" if verb.releases else "click_refused", "refused")
    assert line["joint_click"] == "1"


def test_a_click_that_came_to_the_wrong_function_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    app.release_lock(a_batch(stranger_s(JointVerb.SNOOZE)), None)
    joint = wiring.world().joints.find(ID)
    assert joint == a_joint(3)
    assert printed(capsys, '{"event"') == []


def test_the_progress_of_what_is_no_longer_known_is_not_shown() -> None:
    app.answer_click(a_batch(write_show_joint(ShowJoint(joint="0" * 32, click="1")).decode()), None)
