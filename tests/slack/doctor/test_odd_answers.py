"""Whatever answers in Slack's place, the doctor makes no green of it."""

import pytest

from chalicelib.core.doctor.finding import Colour
from chalicelib.jobs.doctor.examine import examine
from chalicelib.ports.doctor import Examination
from chalicelib.slack.doctor.looks import slack_looks
from tests.faults.slack import FAULTS, HEALTHY, RULES
from tests.odd_server import ODD_ANSWERS, UNCLEAR, an_odd_server

pytestmark = ODD_ANSWERS


@pytest.mark.parametrize("answer", UNCLEAR)
def test_an_answer_that_is_not_slack_s_is_grey(answer: str) -> None:
    with an_odd_server() as odd:
        odd.always(UNCLEAR[answer])
        looks = slack_looks(lambda: HEALTHY.bot_token, FAULTS[0].installation(odd.api_url), RULES)
        findings = examine([Examination("reaper", looks)], lambda _: True, lambda _: None)
    assert {one.colour for one in findings} == {Colour.GREY}
    assert all("defect" not in one.seen for one in findings)
