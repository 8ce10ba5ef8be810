"""The doctor looks at the Slack app: it finds each fault, makes no green of what it may not see, and asks little."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest

from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.doctor.slack import checks
from chalicelib.core.policy import Route
from chalicelib.jobs.doctor.examine import examine
from chalicelib.ports.doctor import Examination
from chalicelib.ports.people import MessengerError
from chalicelib.slack.doctor.looks import MOST_PEOPLE, slack_looks
from demo.slack_standin import SlackStandIn, User, Workspace
from tests.builders import ALICE, CHANNEL, a_policy, some_rules
from tests.faults.slack import FAULTS, HEALTHY, RULES, SlackFault

pytestmark = pytest.mark.thorough

WELL = SlackFault("all is well", "", Colour.GREEN, "")
EVERY = [check.id for check in checks.CHECKS]


def looked(fault: SlackFault, slack: SlackStandIn) -> list[Finding]:
    looks = slack_looks(lambda: fault.token, fault.installation(slack.api_url), fault.rules)
    return examine([Examination("reaper", looks)], lambda _: True, lambda _: None)


def found(fault: SlackFault) -> list[Finding]:
    with SlackStandIn(fault.seed(HEALTHY)) as slack:
        return looked(fault, slack)


@pytest.fixture
def healthy() -> Iterator[SlackStandIn]:
    with SlackStandIn(HEALTHY) as slack:
        yield slack


def test_a_healthy_app_is_all_green(healthy: SlackStandIn) -> None:
    findings = looked(WELL, healthy)
    assert {one.colour for one in findings} == {Colour.GREEN}
    assert list(dict.fromkeys(one.check for one in findings)) == EVERY


def test_each_thing_is_asked_for_once(healthy: SlackStandIn) -> None:
    looked(WELL, healthy)
    asked = Counter(call.method for call in healthy.calls())
    assert asked == {
        "auth.test": 1,
        "bots.info": 1,
        "conversations.info": 3,
        "usergroups.list": 1,
        "users.info": 4,
    }


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_is_found_and_says_what_to_do(fault: SlackFault) -> None:
    [one] = [
        one
        for one in found(fault)
        if one.check == fault.check and one.colour in {Colour.RED, Colour.YELLOW} and fault.seen in one.seen
    ]
    assert one.colour is fault.colour
    assert one.fix
    assert one.fix.do.endswith(".")
    assert one.fix.cli == ""


def both_seeded(first: SlackFault, second: SlackFault, of: Workspace) -> Workspace:
    return second.seed(first.seed(of))


def test_a_fault_is_found_beside_any_other_one() -> None:
    of_the_workspace = [fault for fault in FAULTS if fault.check not in {checks.TOKEN, checks.APP}]
    for first, second in pairwise(of_the_workspace):
        both = replace(first, seed=partial(both_seeded, first, second))
        bad = {one.check for one in found(both) if one.colour is not Colour.GREEN}
        assert {first.check, second.check} <= bad, (first.name, second.name)


def test_with_a_dead_token_only_the_token_is_red_and_all_else_is_not_known() -> None:
    token, *others = found(FAULTS[0])
    assert token.colour is Colour.RED
    assert {one.colour for one in others} == {Colour.GREY}


@pytest.mark.parametrize("check", [check for check in checks.CHECKS if check.rights], ids=lambda check: check.id)
def test_without_its_scopes_a_check_is_grey_with_the_scope_that_it_lacks(check: object) -> None:
    nothing = SlackFault("", "", Colour.GREY, "", lambda of: replace(of, scopes=frozenset({"chat:write"})))
    grey = [one for one in found(nothing) if one.check == check.id]  # type: ignore[attr-defined]
    assert {one.colour for one in grey} == {Colour.GREY}
    assert all(one.right in CHECKS[one.check].rights for one in grey)


def test_a_private_channel_that_may_not_be_looked_at_is_not_called_missing() -> None:
    fault = SlackFault("", "", Colour.GREY, "", lambda of: replace(of, scopes=of.scopes - {"groups:read"}))
    judged = [(one.colour, one.right) for one in found(fault) if one.check == checks.CHANNELS]
    assert judged == [(Colour.GREY, "groups:read"), (Colour.GREEN, "")]


def test_a_token_that_cannot_be_read_makes_everything_grey_and_is_read_once(healthy: SlackStandIn) -> None:
    asked = []

    def unreadable() -> str:
        asked.append(1)
        raise MessengerError("the bot token could not be read from SSM: denied")

    looks = slack_looks(unreadable, WELL.installation(healthy.api_url), RULES)
    findings = examine([Examination("reaper", looks)], lambda _: True, lambda _: None)
    assert {one.colour for one in findings} == {Colour.GREY}
    assert "could not be read from SSM" in findings[0].seen
    assert len(asked) == 1


def test_while_slack_is_down_everything_is_grey_and_slack_is_asked_once(healthy: SlackStandIn) -> None:
    with healthy.down():
        findings = looked(WELL, healthy)
    assert {one.colour for one in findings} == {Colour.GREY}
    assert len(healthy.calls()) == 1


def test_of_many_people_only_so_many_are_looked_for_and_releasers_come_first() -> None:
    many = tuple(f"U{number:05}" for number in range(MOST_PEOPLE + 9))
    rules = some_rules(Route(("x/*",), a_policy((ALICE,), mentions={1: many})), releasers=(ALICE,))
    crowd = SlackFault(
        "", "", Colour.GREY, "", lambda of: replace(of, users=(*of.users, *(User(u, u) for u in many))), rules=rules
    )
    with SlackStandIn(crowd.seed(HEALTHY)) as slack:
        findings = looked(crowd, slack)
        assert len(slack.calls("users.info")) == MOST_PEOPLE
    colours = {one.check: one.colour for one in findings}
    assert colours[checks.RELEASERS] is Colour.GREEN
    [unseen] = [one for one in findings if one.check == checks.PEOPLE and one.colour is Colour.GREY]
    assert "10 more people" in unseen.seen


def test_where_the_app_may_post_anywhere_a_channel_without_it_is_only_yellow() -> None:
    public = SlackFault(
        "",
        "",
        Colour.YELLOW,
        "",
        lambda of: replace(
            of,
            scopes=of.scopes | {"chat:write.public"},
            channels=tuple(replace(one, bot_is_member=one.id != CHANNEL) for one in of.channels),
        ),
    )
    [one] = [one for one in found(public) if one.check == checks.CHANNELS and one.colour is not Colour.GREEN]
    assert one.colour is Colour.YELLOW
    assert one.fix
    assert one.fix.do == "Type `/invite @tflock-reaper` in #platform (C0PLATFORM)."


def test_an_organisation_s_token_names_the_workspace_of_its_user_groups() -> None:
    org = SlackFault("", "", Colour.GREEN, "", lambda of: replace(of, enterprise_id="E0ACME", org_wide=True))
    rules = some_rules(releasers=("S0PAYMENTS",), enterprise="E0ACME")
    findings = found(replace(org, rules=rules))
    assert {one.check: one.colour for one in findings}[checks.TOKEN] is Colour.GREEN
    assert {one.check: one.colour for one in findings}[checks.GROUPS] is Colour.GREEN


def test_scopes_that_are_left_out_on_purpose_are_named_and_are_no_fault() -> None:
    less = SlackFault("", "", Colour.GREEN, "", lambda of: replace(of, scopes=of.scopes - {"commands"}))
    [one] = [one for one in found(less) if one.check == checks.SCOPES]
    assert (one.colour, "commands (/tflocks)" in one.seen) == (Colour.GREEN, True)
