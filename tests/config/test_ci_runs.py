import pytest

from chalicelib.core.locks.ci_run import CiRun
from tests.config.test_file import problems
from tests.config.test_policy_keys import the_file, the_policies


def test_runs_may_be_written_as_tables_of_their_own() -> None:
    lines = '[[routes.ci_runs]]\nmatch = "*jenkins*"\nlink = "https://ci.acme.example:8443/job/x?a=b&c=d#e"'
    _, route = the_policies(route=lines)
    assert route.ci_runs == (CiRun("*jenkins*", "https://ci.acme.example:8443/job/x?a=b&c=d#e"),)


@pytest.mark.parametrize("match", ["{run}", "{run}*", "a*-{project}-{run}", "a-{run}-{b}*c", "*", "**", "a b"])
def test_the_name_of_a_run_may_have_stars_and_placeholders_that_text_keeps_apart(match: str) -> None:
    default, _ = the_policies(f'ci_runs = [{{ match = "{match}", link = "https://x.example/" }}]')
    assert default.ci_runs[0].match == match


@pytest.mark.parametrize(
    ("match", "said"),
    [
        ("", "expected the name of a run like"),
        ("{Run}", "with lower-case letters in braces"),
        ("{run", "with lower-case letters in braces"),
        ("run}", "with lower-case letters in braces"),
        ("{}", "with lower-case letters in braces"),
        ("{{run}}", "with lower-case letters in braces"),
        ("{run1}", "with lower-case letters in braces"),
        ("{a}{run}", "and text between * or } and {"),
        ("*{run}", "and text between * or } and {"),
        ("{run}-{run}", "expected each placeholder once"),
        ("{a}-{b}-{c}-{run}", "expected at most 3 placeholders and * together"),
        ("*-{a}-{b}-{run}", "expected at most 3 placeholders and * together"),
        ("*a*b*-{run}", "expected at most 3 placeholders and * together"),
        ("x-{run:nubmer}", "expected one of these kinds instead of nubmer: name, number, hex"),
        ("x-{run:}", "with lower-case letters in braces"),
        ("x-{run:Number}", "with lower-case letters in braces"),
        ("*-{run}-*", "expected a pattern that says where {run} begins and ends"),
        ("{run:name}-{b:name}", "expected a pattern that says where {run} begins and ends"),
        ("{run}_{b}", "expected a pattern that says where {run} begins and ends"),
    ],
)
def test_a_run_whose_name_cannot_be_taken_apart_is_a_mistake(match: str, said: str) -> None:
    [problem] = problems(the_file(f'ci_runs = [{{ match = "{match}", link = "https://x.example/{{run}}" }}]'))
    assert problem.startswith(f"slack.ci_runs[0].match = {match!r}: expected")
    assert said in problem


@pytest.mark.parametrize(
    "link",
    [
        "",
        "x.example/{run}",
        "http://x.example/{run}",
        "javascript:alert({run})",
        "https://{run}",
        "https://{run}/x",
        "https://{run}.x.example/",
        "https://x.example",
        "https://x.example?{run}",
        "https://user@x.example/{run}",
        "https://x.example/{run}|click",
        "https://x.example/<{run}>",
        "https://x.example/a b",
        "https://x.example/a\\nb",
        "https://x.example/\\u0000",
        "https://x.example/{Run}",
        "https://x.example/{run",
        "https://x.example/}",
    ],
)
def test_a_link_that_slack_could_not_show_or_that_leads_elsewhere_is_a_mistake(link: str) -> None:
    [problem] = problems(the_file(f'ci_runs = [{{ match = "x-{{run}}", link = "{link}" }}]'))
    assert problem.startswith("slack.ci_runs[0].link = ")
    assert "with its braces after the host, without spaces, | < or >" in problem


def test_a_link_has_only_what_the_name_of_the_run_tells() -> None:
    [problem] = problems(the_file('ci_runs = [{ match = "x-{run}", link = "https://x.example/{job}/{run}" }]'))
    assert problem.endswith("expected only placeholders that match has (run)")
    [problem] = problems(the_file('ci_runs = [{ match = "x", link = "https://x.example/{job}" }]'))
    assert problem.endswith("expected only placeholders that match has (it has none)")
