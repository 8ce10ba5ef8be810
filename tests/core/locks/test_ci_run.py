import time

import pytest

from chalicelib.core.locks.ci_run import KINDS, CiRun, guessed, placeholders, unknown_kinds

GITHUB = CiRun("GitHubActions-{run}", "https://github.com/acme/infra/actions/runs/{run}")
GITLAB = CiRun("GitLabRunner-*-{pipeline}", "https://gitlab.com/acme/infra/-/pipelines/{pipeline}")


@pytest.mark.parametrize(
    ("ci_run", "name", "link"),
    [
        (GITHUB, "GitHubActions-9876543210", "https://github.com/acme/infra/actions/runs/9876543210"),
        (GITLAB, "GitLabRunner-4711-815", "https://gitlab.com/acme/infra/-/pipelines/815"),
        (
            CiRun("runner@{project:name}-{job}", "https://gitlab.com/acme/{project}/-/jobs/{job}"),
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
    "name", ["GitHubActions-123-2", "GitHubActions-123-2-4", "GitHubActions-a-b", "GitHubActions--1"]
)
def test_a_placeholder_is_one_word_and_not_two(name: str) -> None:
    assert GITHUB.link_for(name) == ""


@pytest.mark.parametrize(
    ("kind", "values", "others"),
    [
        ("number", ["1", "19283746501"], ["0", "01", "1a", "-1", "1-2", "1.2", "1" * 21, "\u0661"]),
        ("name", ["a", "a-b", "a_b.c-1"], ["a..b", ".a", "a/b", "a b"]),
        ("hex", ["0", "0a1b2c3d4e5f"], ["0A", "g", "0-1"]),
        ("hex32", ["0123456789abcdef" * 2], ["0123456789abcdef", "1732545613811636240", "0123456789abcdef" * 3]),
        (
            "uuid",
            ["b2e5c6a1-0f4d-4c67-9d1b-3a2f1e0d9c8b"],
            [
                "b2e5c6a10f4d4c679d1b3a2f1e0d9c8b",
                "b2e5c6a1-0f4d-4c67-9d1b-3a2f1e0d9c8bf",
                "B2E5C6A1-0F4D-4C67-9D1B-3A2F1E0D9C8B",
            ],
        ),
        (
            "ulid",
            ["01HZX4T1Q2W3E4R5T6Y7VJ8K9M"],
            ["01hzx4t1q2w3e4r5t6y7vj8k9m", "81HZX4T1Q2W3E4R5T6Y7VJ8K9M", "01HZX4T1Q2W3E4R5T6Y7VJ8K9", "GitHubActions"],
        ),
    ],
)
def test_a_placeholder_takes_what_its_kind_says_and_nothing_else(
    kind: str, values: list[str], others: list[str]
) -> None:
    ci_run = CiRun(f"x-{{run:{kind}}}", "https://x.example/{run}")
    assert [ci_run.link_for(f"x-{value}") for value in values] == [f"https://x.example/{value}" for value in values]
    assert [ci_run.link_for(f"x-{other}") for other in others] == [""] * len(others)


def test_every_kind_of_placeholder_is_tried() -> None:
    assert set(KINDS) == {"", "number", "name", "hex", "hex32", "uuid", "ulid"}


@pytest.mark.parametrize(
    ("match", "guesses"),
    [
        ("GitHubActions-{run:number}-{attempt:number}", []),
        ("GitLabRunner-*-{pipeline:number}", []),
        ("{project:name}-{pipeline}", []),
        ("{run:number}*", []),
        ("{a:uuid}-{b:uuid}", []),
        ("{a}x{b:number}", []),
        ("*jenkins*", []),
        ("*-{a}-*", ["a"]),
        ("*{a}*", ["a"]),
        ("{a:name}-{b:name}", ["a", "b"]),
        ("*-{a:name}", ["a"]),
        ("{a}_{b}", ["a", "b"]),
        ("{a:hex}a{b:hex}", ["a", "b"]),
        ("{a:number}0{b:number}", ["a", "b"]),
        ("{a}.{b}", ["a", "b"]),
    ],
)
def test_a_placeholder_that_could_begin_or_end_elsewhere_is_known_as_a_guess(match: str, guesses: list[str]) -> None:
    assert guessed(match) == guesses


def test_kinds_that_do_not_exist_are_told() -> None:
    assert unknown_kinds("{a:nubmer}-{b}-{c:number}") == ["nubmer"]


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
