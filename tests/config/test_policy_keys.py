"""Test the keys that make a policy, in ``[slack]`` and in a route."""

from datetime import time, timedelta

import pytest

from chalicelib.config.file import parse
from chalicelib.core.hours import WorkingHours, always
from chalicelib.core.locks.ci_run import CiRun
from chalicelib.core.policy import Policy
from tests.builders import at
from tests.config.test_file import LEAST, problems

OFFICE = '{ days = ["fri", "mon"], from = "09:00", to = "17:30" }'
THREE = 'thresholds = { apply = ["1h", "2h", "3h"] }'


def the_file(default: str = "", route: str = "") -> str:
    return LEAST.replace("[slack]", f"[slack]\n{default}") + f'[[routes]]\nstate_paths = ["acme-tfstate/a"]\n{route}\n'


def the_policies(default: str = "", route: str = "") -> tuple[Policy, Policy]:
    """Return the policy of every lock, and that of the route."""
    rules = parse(the_file(default, route)).rules
    return rules.policy_for(at("acme-tfstate/b")), rules.policy_for(at("acme-tfstate/a"))


def test_a_policy_has_nothing_that_the_file_does_not_ask_for() -> None:
    default, route = the_policies()
    assert default == route == Policy(channel="C0PLATFORM", releasers=(), thresholds=default.thresholds)
    assert (default.working_hours, default.auto_release, default.second_person) == (always("UTC"), None, False)


@pytest.mark.parametrize(
    ("line", "key", "value", "other", "other_value"),
    [
        ('mentions = { 2 = ["here"] }', "mentions", {2: ("here",)}, "mentions = {}", {}),
        ("owner_emails = true", "owner_emails", True, "owner_emails = false", False),
        ("second_person = true", "second_person", True, "second_person = false", False),
        ('auto_release = "6h"', "auto_release", timedelta(hours=6), 'auto_release = "never"', None),
        (
            'ci_runs = [{ match = "{run}", link = "https://x.example/{run}" }]',
            "ci_runs",
            (CiRun("{run}", "https://x.example/{run}"),),
            "ci_runs = []",
            (),
        ),
    ],
)
def test_a_route_inherits_a_key_or_says_otherwise(
    line: str, key: str, value: object, other: str, other_value: object
) -> None:
    assert [getattr(policy, key) for policy in the_policies(line)] == [value, value]
    assert [getattr(policy, key) for policy in the_policies(line, other)] == [value, other_value]


def test_users_and_user_groups_may_release() -> None:
    _, route = the_policies(route='releasers = ["U0ALICE", "W0BOB", "S0TEAM"]')
    assert route.releasers == ("U0ALICE", "W0BOB", "S0TEAM")


def test_a_level_is_mentioned_by_its_number() -> None:
    _, route = the_policies(route=f'{THREE}\nmentions = {{ 1 = ["channel"], 3 = ["U0LEAD", "S0TEAM", "here"] }}')
    assert route.mentions == {1: ("channel",), 3: ("U0LEAD", "S0TEAM", "here")}


def calling(*counts: int) -> str:
    """Return lines that call so many people at each level, with six levels."""
    levels = (f"{level} = {['U0A'] * count}" for level, count in enumerate(counts, start=1))
    return f'mentions = {{ {", ".join(levels)} }}\nthresholds = {{ apply = ["1h", "2h", "3h", "4h", "5h", "6h"] }}'


def test_no_more_may_be_called_than_a_message_can_name() -> None:
    _, route = the_policies(route=calling(10, 10, 10, 10, 10))
    assert [len(names) for names in route.mentions.values()] == [10] * 5
    [problem] = problems(the_file(route=calling(10, 10, 10, 10, 10, 1)))
    assert problem == "routes[0].mentions = '51 names': expected at most 50 in all levels together"
    [problem] = problems(the_file(route=calling(1, 11)))
    assert problem == ("routes[0].mentions.2 = '11 names': expected at most 10; a user group calls many by one name")


def test_a_route_of_fewer_levels_may_inherit_mentions_that_it_never_reaches() -> None:
    _, route = the_policies('mentions = { 2 = ["here"] }', 'thresholds = { apply = "1h" }')
    assert route.mentions == {2: ("here",)}


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        (OFFICE, WorkingHours("Europe/Berlin", (0, 4), time(9), time(17, 30))),
        ('{ days = ["sun"], from = 09:00:00, to = "24:00" }', WorkingHours("Europe/Berlin", (6,), time(9), time.max)),
        (
            '{ days = ["sun"], from = "00:00", to = 17:30:30 }',
            WorkingHours("Europe/Berlin", (6,), closes=time(17, 30, 30)),
        ),
        ('"always"', always("Europe/Berlin")),
    ],
)
def test_working_hours_are_days_and_times_in_the_time_zone(said: str, hours: WorkingHours) -> None:
    default, _ = the_policies(f'time_zone = "Europe/Berlin"\nworking_hours = {said}')
    assert default.working_hours == hours


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("", WorkingHours("UTC", (0, 4), time(9), time(17, 30))),
        ('time_zone = "Asia/Tokyo"', WorkingHours("Asia/Tokyo", (0, 4), time(9), time(17, 30))),
        ('working_hours = "always"', always("UTC")),
        ('time_zone = "Asia/Tokyo"\nworking_hours = "always"', always("Asia/Tokyo")),
    ],
)
def test_a_route_may_move_the_hours_to_its_zone_or_have_none(said: str, hours: WorkingHours) -> None:
    _, route = the_policies(f"working_hours = {OFFICE}", said)
    assert route.working_hours == hours


def test_the_owners_of_a_route_come_before_the_inherited_ones() -> None:
    _, route = the_policies(
        'owners = { "*" = "U0ANY", "a@*" = "U0A" }', 'owners = { "ci@*" = "U0CI", "a@*" = "U0ANNA" }'
    )
    assert list(route.owners.items()) == [("ci@*", "U0CI"), ("a@*", "U0ANNA"), ("*", "U0ANY")]


def test_a_plan_is_released_at_the_earliest_when_it_is_told_of() -> None:
    assert the_policies('auto_release = "45m"')[0].auto_release == timedelta(minutes=45)
    [problem] = problems(the_file('auto_release = "44m"'))
    assert problem == "slack.auto_release = '44m': expected at least the first threshold of plan, 45 min, or \"never\""


def test_a_route_that_tells_of_plans_later_than_they_are_released_is_a_mistake() -> None:
    [problem] = problems(the_file('auto_release = "6h"', 'thresholds = { plan = "8h" }'))
    assert problem == "routes[0].thresholds.plan = '8h': expected at most the inherited auto_release, 6 h"
    [problem] = problems(the_file("", 'auto_release = "6h"\nthresholds = { plan = "8h" }'))
    assert problem.startswith("routes[0].auto_release = '6h': expected at least the first threshold of plan, 8 h")


def test_what_follows_from_a_mistake_is_not_told_as_another() -> None:
    text = the_file('auto_release = "6h"\nmentions = { 9 = ["here"] }').replace('"45m"', '"soon"')
    assert len(problems(text)) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('mentions = "here"', "mentions = 'here': expected a table like { 2 = "),
        ('mentions = { 0 = ["here"] }', "mentions.0 = ['here']: expected the number of a level, from 1, as the key"),
        ('mentions = { two = ["here"] }', "mentions.two = ['here']: expected the number of a level"),
        ('mentions = { "٢" = ["here"] }', "mentions.\"٢\" = ['here']: expected the number of a level"),
        ('mentions = { 2.5 = ["here"] }', "mentions.2 = {'5': ['here']}: expected a list of Slack user IDs"),
        (
            'mentions = { 3 = ["here"] }',
            "mentions.3 = ['here']: expected a level that is reached; no operation has more",
        ),
        ('mentions = { 2 = ["@here"] }', "mentions.2 = ['@here']: expected a list of Slack user IDs, user group IDs"),
        ('mentions = { 2 = ["*"] }', "mentions.2 = ['*']"),
        ("mentions = { 2 = [] }", "mentions.2 = []"),
        ('mentions = { 2 = "here" }', "mentions.2 = 'here'"),
        ('time_zone = "Berlin"', "time_zone = 'Berlin': expected an IANA time zone like Europe/Berlin"),
        ('time_zone = "Europe"', "time_zone = 'Europe'"),
        ('time_zone = "europe/berlin"', "time_zone = 'europe/berlin'"),
        ('time_zone = "localtime"', "time_zone = 'localtime'"),
        ('time_zone = "../UTC"', "time_zone = '../UTC'"),
        ('time_zone = "+01:00"', "time_zone = '+01:00'"),
        ("time_zone = [1]", "time_zone = [1]"),
        ('working_hours = "9-18"', "working_hours = '9-18': expected \"always\" or { days = "),
        ("working_hours = true", 'working_hours = True: expected "always" or { days = '),
        ("working_hours = {}", "working_hours.days is missing: expected a list of days"),
        ("working_hours = {}", 'working_hours.from is missing: expected a time like "09:00"'),
        ("working_hours = {}", 'working_hours.to is missing: expected a time like "18:00", or "24:00"'),
        (f"working_hours = {OFFICE.replace('to', 'till')}", "working_hours.till = '17:30': there is no such key"),
        (
            f"working_hours = {OFFICE.replace('fri', 'friday')}",
            "working_hours.days = ['friday', 'mon']: expected a list",
        ),
        (
            f"working_hours = {OFFICE.replace('fri', 'mon')}",
            "working_hours.days = ['mon', 'mon']: expected a list of days, none",
        ),
        ('working_hours = { days = [], from = "09:00", to = "18:00" }', "working_hours.days = []"),
        ('working_hours = { days = [["mon"]], from = "09:00", to = "18:00" }', "working_hours.days = [['mon']]"),
        ('working_hours = { days = "mon", from = "09:00", to = "18:00" }', "working_hours.days = 'mon'"),
        (f"working_hours = {OFFICE.replace('09:00', '9:00')}", "working_hours.from = '9:00': expected a time like"),
        (f"working_hours = {OFFICE.replace('09:00', '24:00')}", "working_hours.from = '24:00': expected a time like"),
        (f"working_hours = {OFFICE.replace('17:30', '17:60')}", "working_hours.to = '17:60': expected a time like"),
        (f"working_hours = {OFFICE.replace('17:30', '٠٩:00')}", "working_hours.to = '٠٩:00': expected a time like"),
        (
            f"working_hours = {OFFICE.replace('17:30', '09:00')}",
            "working_hours.to = '09:00': expected a time after from, 09:00",
        ),
        (f"working_hours = {OFFICE.replace('17:30', '00:00')}", 'the end of the day is "24:00"'),
        ('owners = ["U0A"]', "owners = ['U0A']: expected a table of patterns"),
        ('owners = { "alice@*" = "alice" }', "owners.\"alice@*\" = 'alice': expected a Slack user ID"),
        ('owners = { "alice@*" = "S0TEAM" }', "owners.\"alice@*\" = 'S0TEAM': expected a Slack user ID"),
        ("owners = { alice = 5 }", "owners.alice = 5: expected a Slack user ID"),
        ('owner_emails = "yes"', "owner_emails = 'yes': expected true or false"),
        ("second_person = 1", "second_person = 1: expected true or false"),
        ('auto_release = "soon"', 'auto_release = \'soon\': expected a duration like "6h", or "never"'),
        ("auto_release = false", "auto_release = False: expected a duration"),
        ('auto_release = ["6h"]', "auto_release = ['6h']: expected a duration"),
        ('auto_release = "1m"', "auto_release = '1m': expected at least the first threshold of plan, 45 min"),
        ("ci_runs = 5", "ci_runs = 5: expected [["),
        ('ci_runs = ["x"]', "ci_runs = ['x']: expected [["),
        ("ci_runs = [{}]", "ci_runs[0].match is missing: expected the name of a run like"),
        ("ci_runs = [{}]", "ci_runs[0].link is missing: expected an https URL like"),
        (
            'ci_runs = [{ match = "x", link = "https://x.example/", url = "" }]',
            "ci_runs[0].url = '': there is no such key",
        ),
        ("second_persons = true", "second_persons = True: there is no such key; did you mean second_person?"),
    ],
)
def test_a_mistake_is_told_wherever_the_key_stands(line: str, said: str) -> None:
    assert any(problem.startswith("slack.") and said in problem for problem in problems(the_file(line)))
    assert any(problem.startswith("routes[0].") and said in problem for problem in problems(the_file("", line)))
