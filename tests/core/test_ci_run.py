import time

import pytest

from chalicelib.core.ci_run import CiRun, placeholders

GITHUB = CiRun("GitHubActions-{run}", "https://github.com/acme/infra/actions/runs/{run}")
GITLAB = CiRun("GitLabRunner-*-{pipeline}", "https://gitlab.com/acme/infra/-/pipelines/{pipeline}")


@pytest.mark.parametrize(
    ("ci_run", "name", "link"),
    [
        (GITHUB, "GitHubActions-9876543210", "https://github.com/acme/infra/actions/runs/9876543210"),
        (GITLAB, "GitLabRunner-4711-815", "https://gitlab.com/acme/infra/-/pipelines/815"),
        (
            CiRun("runner@{project}-{job}", "https://gitlab.com/acme/{project}/-/jobs/{job}"),
            "runner@network-eu.v1-42",
            "https://gitlab.com/acme/network-eu.v1/-/jobs/42",
        ),
        (
            CiRun("*jenkins*", "https://ci.acme.example/job/infra/"),
            "root@jenkins-1",
            "https://ci.acme.example/job/infra/",
        ),
        (CiRun("{a}", "https://x.example/{a}?again={a}"), "7", "https://x.example/7?again=7"),
    ],
)
def test_a_run_is_linked_by_what_it_calls_itself(ci_run: CiRun, name: str, link: str) -> None:
    assert ci_run.link_for(name) == link


@pytest.mark.parametrize(
    "name", ["", "GitHubActions", "GitHubActions-", "xGitHubActions-1", "githubactions-1", "alice@x"]
)
def test_a_name_that_does_not_match_as_a_whole_has_no_link(name: str) -> None:
    assert GITHUB.link_for(name) == ""


@pytest.mark.parametrize(
    "value",
    [
        "..",
        ".",
        "1/../../../../evil",
        "1..2",
        ".1",
        "1.",
        "1/2",
        "1|click here",
        "1>",
        "<1",
        "1 2",
        " 1",
        "1\n",
        "1\n2",
        "1\u2028",
        "\u0661",  # a digit, in Arabic
        "\uff11",  # a wide 1
        "\u0430",  # looks like an a
        "1?x=y",
        "1#x",
        "1&x",
        "1%2e%2e",
        "1@evil.example",
        "1:2",
        "1\\2",
        "1\x00",
        '1"',
        "{run}",
    ],
    ids=ascii,
)
def test_foreign_text_that_could_change_a_link_makes_none(value: str) -> None:
    assert GITHUB.link_for(f"GitHubActions-{value}") == ""


def test_any_text_of_a_pattern_never_reaches_the_link() -> None:
    assert GITLAB.link_for("GitLabRunner-<|> ..-815") == "https://gitlab.com/acme/infra/-/pipelines/815"


@pytest.mark.parametrize(
    ("match", "name", "other"),
    [
        ("a.b-{run}", "a.b-1", "axb-1"),
        ("a+(b)-{run}", "a+(b)-1", "aab-1"),
        ("[ab]-{run}", "[ab]-1", "a-1"),
        ("^a$|b-{run}", "^a$|b-1", "b-1"),
        (r"\d-{run}", r"\d-1", "3-1"),
        ("a?-{run}", "a?-1", "ab-1"),
    ],
)
def test_only_a_star_and_braces_mean_something_in_a_pattern(match: str, name: str, other: str) -> None:
    ci_run = CiRun(match, "https://x.example/{run}")
    assert ci_run.link_for(name) == "https://x.example/1"
    assert ci_run.link_for(other) == ""


def test_a_hostile_name_does_not_stop_the_reaper() -> None:
    begun = time.process_time()
    assert CiRun("{a}-{b}-{c}", "https://x.example/{a}{b}{c}").link_for("-" * 16_000 + "!") == ""
    assert CiRun("{a}-{b}-{c}", "https://x.example/{a}{b}{c}").link_for("-" * 127 + "!") == ""
    assert time.process_time() - begun < 1


def test_the_placeholders_of_a_text_are_told_in_their_order() -> None:
    assert placeholders("https://x.example/{project}/{run_id}?{project}&{Run}{}") == ["project", "run_id", "project"]
