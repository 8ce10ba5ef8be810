import re
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from chalicelib.config.__main__ import main
from chalicelib.config.file import ConfigError, load, parse
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.lock_info import Risk
from tests.builders import at

EXAMPLE = Path(__file__).parents[2] / "reaper.example.toml"
LEAST = """
[slack]
team_id = "T0DEMO"
app_id = "A0DEMO"
channel = "C0PLATFORM"
releasers = []
[thresholds]
plan = "45m"
apply = ["2h", "1d"]
other = "1h"
[[targets]]
bucket = "acme-tfstate"
"""


def with_every_comment(example: str) -> str:
    """Return the example with the keys that it shows in comments."""
    return re.sub(r"^# {1,3}(?=[a-z_]+ = |\{|\]|\[)", "", example, flags=re.MULTILINE)


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return caught.value.problems


def test_a_file_that_is_not_toml_is_named_with_the_place(tmp_path: Path) -> None:
    file = tmp_path / "reaper.toml"
    file.write_text("[slack\n")
    with pytest.raises(ConfigError) as caught:
        load(file)
    (problem,) = caught.value.problems
    assert problem.startswith("reaper.toml is not TOML. ")
    assert "line 1" in problem


@pytest.mark.parametrize(
    "text", ["\ufeff" + LEAST, LEAST.replace("\n", "\r\n"), "\ufeff" + LEAST.replace("\n", "\r\n")]
)
def test_a_file_of_an_editor_on_windows_is_read_as_any_other(text: str, tmp_path: Path) -> None:
    (tmp_path / "reaper.toml").write_bytes(text.encode())
    assert load(tmp_path / "reaper.toml") == parse(text) == parse(LEAST)


def test_tables_in_tables_end_in_words_whether_this_python_reads_them_that_deep_or_not() -> None:
    said = problems(f"{'.'.join('a' * 3000)} = 1")
    assert "too deep to read" in said[0] or "slack.team_id is missing" in "".join(said)


HOSTILE = {
    "old Mac's line ends": (LEAST.replace("\n", "\r"), "is not TOML"),
    "a NUL": (LEAST + "\0", "is not TOML"),
    "half a character": ('a = "\ud800"', "is not UTF-8 text"),
    "a number that Python does not read": (f"a = {'9' * 5000}", "more than 4,300 digits"),
    "lists in lists": (f"a = {'[' * 5000}{']' * 5000}", "too deep to read"),
}


@pytest.mark.parametrize(("text", "said"), HOSTILE.values(), ids=HOSTILE)
def test_whatever_cannot_be_read_is_one_mistake_in_words_by_text_and_by_file(
    text: str, said: str, tmp_path: Path
) -> None:
    [problem] = problems(text)
    assert said in problem
    (tmp_path / "reaper.toml").write_bytes(text.encode(errors="surrogatepass"))
    with pytest.raises(ConfigError, match=said):
        load(tmp_path / "reaper.toml")


def test_digits_of_other_scripts_are_no_region_and_no_account() -> None:
    targets = '[[targets]]\nbucket = "acme-x"\nregion = "eu-central-\u0661"\naccount = "{}"\n'.format("\u0661" * 12)
    assert [problem.split()[0] for problem in problems(LEAST + targets)][:2] == [
        "targets[1].region",
        "targets[1].account",
    ]


def test_the_example_is_a_good_configuration() -> None:
    config = load(EXAMPLE)
    assert [target.container for target in config.targets] == ["acme-tfstate", "acme-tfstate-legacy"]
    assert len(config.rules.routes) == 2


def test_the_least_configuration_has_one_route_for_every_state() -> None:
    config = parse(LEAST)
    policy = config.rules.policy_for(at("anything/at/all"))
    assert (policy.channel, policy.releasers) == ("C0PLATFORM", ())
    assert policy.thresholds[Risk.APPLY] == (timedelta(hours=2), timedelta(days=1))
    assert config.slack_api == "https://slack.com/api/"
    assert (config.rules.digest_over, config.rules.undo) == (5, timedelta(minutes=10))


def test_every_key_that_the_example_shows_in_a_comment_is_a_good_one() -> None:
    shown = parse(with_every_comment(EXAMPLE.read_text(encoding="utf-8"))).rules
    assert shown.targets[-1].stream
    assert shown.discoveries[-1].organization.id == "999988887777"
    policy = shown.policy_for(at("acme-tfstate/x"))
    said = msgspec.structs.asdict(policy)
    defaults = msgspec.structs.asdict(parse(LEAST).rules.policy_for(at("acme-tfstate/x")))
    assert {key for key in said if said[key] == defaults[key]} <= {"thresholds"}
    assert policy.ci_runs[0].link_for("GitHubActions-9") == "https://github.com/acme/infra/actions/runs/9"


@pytest.mark.parametrize(
    ("line", "undo"),
    [
        ('undo = "15m"', timedelta(minutes=15)),
        ('undo = "30s"', timedelta(seconds=30)),
        ('undo = "never"', timedelta(0)),
    ],
)
def test_a_release_can_be_taken_back_for_as_long_as_the_file_says(line: str, undo: timedelta) -> None:
    assert parse(LEAST.replace("[slack]", f"[slack]\n{line}")).rules.undo == undo


def test_an_organisation_is_named_or_left_out() -> None:
    assert parse(LEAST).rules.enterprise == ""
    assert parse(LEAST.replace("[slack]", '[slack]\nenterprise_id = "E0ACME"')).rules.enterprise == "E0ACME"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('enterprise_id = "T0DEMO"', "slack.enterprise_id = 'T0DEMO': expected a Slack ID like E0123ABCD, of an Ent"),
        ('enterprise_id = ""', "without one leave the key out"),
        ("enterprise_id = 5", "slack.enterprise_id = 5: expected"),
        ('enterprise = "E0ACME"', "did you mean enterprise_id?"),
    ],
)
def test_what_is_no_organisation_is_told_with_what_to_do(line: str, said: str) -> None:
    [problem] = problems(LEAST.replace("[slack]", f"[slack]\n{line}"))
    assert said in problem


def test_an_organisation_in_the_place_of_the_workspace_is_told_where_it_belongs() -> None:
    [problem] = problems(LEAST.replace("T0DEMO", "E0ACME"))
    assert "the ID of an Enterprise Grid organisation (E...) belongs into enterprise_id" in problem


@pytest.mark.parametrize(("line", "looks"), [("", False), ('doctor = "never"', False), ('doctor = "weekly"', True)])
def test_the_doctor_looks_once_a_week_only_where_the_file_says_so(line: str, looks: bool) -> None:
    assert parse(LEAST.replace("[slack]", f"[slack]\n{line}")).rules.weekly_look is looks


def test_a_digest_begins_above_what_the_file_says() -> None:
    assert parse(LEAST.replace("[slack]", "[slack]\ndigest_over = 1")).rules.digest_over == 1


def test_a_route_takes_what_it_does_not_say_from_the_defaults() -> None:
    route = '[[routes]]\nstate_paths = ["acme-tfstate/a/*"]\nchannel = "C0TEAMA"\nthresholds = { plan = "5m" }\n'
    policy = parse(LEAST + route).rules.policy_for(at("acme-tfstate/a/x"))
    assert (policy.channel, policy.releasers) == ("C0TEAMA", ())
    assert policy.thresholds[Risk.PLAN] == (timedelta(minutes=5),)
    assert policy.thresholds[Risk.OTHER] == (timedelta(hours=1),)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"T0DEMO"', "5", "slack.team_id = 5: expected a Slack ID like T0123ABCD"),
        ('channel = "C0PLATFORM"', 'channel = "#platform"', "slack.channel = '#platform': expected a Slack channel ID"),
        ("releasers = []", "", "slack.releasers is missing: expected a list of Slack user IDs"),
        ("releasers = []", 'releasers = ["alice"]', "slack.releasers = ['alice']"),
        ("releasers = []", 'releasers = "*"', "slack.releasers = '*'"),
        ('"45m"', '"soon"', "thresholds.plan = 'soon': expected a duration like"),
        ('"45m"', "45", "thresholds.plan = 45: expected a duration like"),
        ('["2h", "1d"]', '["1d", "2h"]', "or a rising list of them"),
        ('["2h", "1d"]', "[]", "thresholds.apply = []"),
        ('other = "1h"', "", "thresholds.other is missing"),
        ('"acme-tfstate"', '"Acme_State"', "targets[0].bucket = 'Acme_State': expected the name of an S3 bucket"),
        ('[[targets]]\nbucket = "acme-tfstate"', "", "targets is missing: expected at least one [[targets]]"),
        ("[[targets]]", "[targets]", "targets = {'bucket': 'acme-tfstate'}: expected at least one [[targets]]"),
        ('bucket = "acme-tfstate"', 'bucket = "acme-tfstate"\nregion = "Frankfurt"', "expected an AWS region"),
        ('bucket = "acme-tfstate"', 'bucket = "acme-tfstate"\nprefixes = ["a*"]', "without * ? $"),
        (
            'bucket = "acme-tfstate"',
            'bucket = "acme-tfstate"\nprefix = "a"',
            "there is no such key; did you mean prefixes?",
        ),
        ('bucket = "acme-tfstate"', 'bucket = "acme-tfstate"\nprefixes = ["/a/"]', "not beginning with /"),
        ('bucket = "acme-tfstate"', 'bucket = "acme-tfstate"\nprefixes = ["Łódź/"]', "letters beyond Latin-1"),
        ('"acme-tfstate"', '"10.0.0.1"', "targets[0].bucket = '10.0.0.1'"),
        ('"acme-tfstate"', '"a..b"', "targets[0].bucket = 'a..b'"),
        ('app_id = "A0DEMO"', 'app_id = "A0DEMO"\napi_url = "http://example.com/"', "expected an https URL"),
        ('"45m"', '["45m", "45m"]', "or a rising list of them"),
        ('"45m"', '["45m", 5]', "or a rising list of them"),
        ('plan = "45m"', 'plan = { "45m" = 1 }', "thresholds.plan = {'45m': 1}"),
        ("[slack]", "[slak]\nx = 1\n[slack]", "slak = {'x': 1}: there is no such key; did you mean slack?"),
        ("[thresholds]", "thresholds = 5\n[ignored]", "slack.thresholds = 5"),
        ("targets]]", "targets]]\nregion = 1", "targets[0].region = 1: expected an AWS region"),
        ("[[targets]]", "targets = 5\n[[ignored]]", "thresholds.targets = 5: there is no such key"),
        ("[slack]", "routes = 5\n[slack]", "routes = 5: expected [[routes]]"),
        ("[slack]", "slack = 5\n[ignored]", "slack = 5: expected a table, [slack]"),
        ("[slack]", "[slack]\ndigest_over = 0", "slack.digest_over = 0: expected a whole number from 1"),
        ("[slack]", "[slack]\ndigest_over = true", "slack.digest_over = True: expected a whole number from 1"),
        ("[slack]", "[slack]\ndigest_over = 2.5", "slack.digest_over = 2.5: expected a whole number from 1"),
        ("[slack]", '[slack]\nundo = "16m"', "slack.undo = '16m': expected a duration up to 15 min, or \"never\""),
        ("[slack]", "[slack]\nundo = false", "slack.undo = False: expected a duration up to 15 min"),
        ("[slack]", '[slack]\ndoctor = "daily"', 'slack.doctor = \'daily\': expected "weekly" or "never"'),
        ("[slack]", "[slack]\ndoctor = true", 'slack.doctor = True: expected "weekly" or "never"'),
        ("[slack]", '[slack]\nundo = "0m"', "slack.undo = '0m': expected a duration up to 15 min"),
    ],
)
def test_a_mistake_is_told_by_its_key_its_value_and_what_was_expected(old: str, new: str, said: str) -> None:
    assert any(said in problem for problem in problems(LEAST.replace(old, new, 1)))


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    text = LEAST.replace('"T0DEMO"', "5\nundo = 5\nmentions = 5").replace('"45m"', '"soon"')
    assert len(problems(text + '[[routes]]\nstate_paths = ["other/*"]\nauto_release = 5\n')) == 6


STREAM = "arn:aws:dynamodb:eu-central-1:123456789012:table/terraform-locks/stream/2026-11-21T03:18:57.123"


def a_table(**keys: str) -> str:
    """A target with a lock table, after those of the least configuration."""
    lines = {"table": "terraform-locks", **keys}
    return LEAST + "[[targets]]\n" + "".join(f'{key} = "{value}"\n' for key, value in lines.items())


def test_a_lock_table_is_a_target_with_its_region_or_its_stream() -> None:
    assert [parse(text).targets[1] for text in (a_table(), a_table(region="eu-west-1"), a_table(stream=STREAM))] == [
        Target(Kind.DYNAMODB, "terraform-locks"),
        Target(Kind.DYNAMODB, "terraform-locks", region="eu-west-1"),
        Target(Kind.DYNAMODB, "terraform-locks", stream=STREAM),
    ]


@pytest.mark.parametrize("name", ["abc", "a" * 255, "Terraform_Locks.v2-prod", "..."])
def test_a_lock_table_has_any_name_that_dynamodb_allows(name: str) -> None:
    assert parse(a_table(table=name)).targets[1].container == name


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b"])
def test_a_stream_is_taken_in_every_partition(partition: str) -> None:
    assert parse(a_table(stream=STREAM.replace(":aws:", f":{partition}:"))).targets[1].stream


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"table": "ab"}, "targets[1].table = 'ab': expected the name of a DynamoDB table, 3 to 255 characters"),
        ({"table": "a" * 256}, "the name of a DynamoDB table"),
        ({"table": "terraform locks"}, "the name of a DynamoDB table"),
        ({"table": STREAM.partition("/stream")[0]}, "the name of a DynamoDB table"),
        ({"table": ""}, "targets[1].table = '': expected the name of a DynamoDB table"),
        ({"bucket": "acme-other"}, "targets[1].table = 'terraform-locks': expected a target of its own"),
        ({"debris": "true"}, "targets[1].debris = 'true': expected only in a target with a bucket, not with a table"),
        ({"prefixes": "a/"}, "targets[1].prefixes = 'a/': expected only in a target with a bucket, not with a table"),
        ({"region": "Frankfurt"}, "targets[1].region = 'Frankfurt': expected an AWS region"),
        ({"stream": STREAM, "region": "eu-central-1"}, "targets[1].region = 'eu-central-1': expected no region beside"),
        (
            {"stream": STREAM.replace("terraform-locks", "others")},
            "table terraform-locks; this is the stream of table others",
        ),
        ({"stream": STREAM.partition("/stream")[0]}, "table/terraform-locks/stream/"),
        ({"stream": STREAM.replace("dynamodb", "kinesis")}, "targets[1].stream = 'arn:aws:kinesis"),
        ({"stream": "LATEST"}, "targets[1].stream = 'LATEST': expected the ARN of this table's stream"),
        ({"stream": ""}, "targets[1].stream = '': expected the ARN of this table's stream"),
        ({"tabel": "x"}, "targets[1].tabel = 'x': there is no such key; did you mean table?"),
    ],
)
def test_a_mistake_about_a_lock_table_is_told_by_what_was_expected(keys: dict[str, str], said: str) -> None:
    [problem] = problems(a_table(**keys))
    assert said in problem


def test_a_stream_beside_a_bucket_is_a_mistake() -> None:
    [problem] = problems(LEAST.replace('bucket = "acme-tfstate"', f'bucket = "acme-tfstate"\nstream = "{STREAM}"'))
    assert "targets[0].stream" in problem
    assert "only in a target with a table, not with a bucket" in problem


def test_a_target_without_a_bucket_or_a_table_is_told_both() -> None:
    [problem] = problems(LEAST + '[[targets]]\nregion = "eu-west-1"\n')
    assert problem == (
        "targets[1].bucket is missing: expected the name of an S3 bucket, or a table with the name of a lock table"
    )


def test_a_lock_table_named_twice_is_a_mistake_and_two_of_one_name_in_two_regions_are_none() -> None:
    table = '[[targets]]\ntable = "terraform-locks"\n'
    assert "targets[2].table = 'terraform-locks': expected each table once" in problems(a_table() + table)[0]
    again = table + 'region = "eu-west-1"\n'
    assert len(parse(a_table() + again).targets) == 3
    assert "each table once" in problems(a_table() + again + again)[0]


def test_with_a_lock_table_a_route_may_be_for_a_bucket_that_is_no_target() -> None:
    route = '[[routes]]\nstate_paths = ["acme-legacy/*"]\nchannel = "C0LEGACY"\n'
    assert parse(a_table() + route).rules.policy_for(at("acme-legacy/app.tfstate")).channel == "C0LEGACY"


def test_a_lock_table_alone_is_enough() -> None:
    config = parse(LEAST.replace('bucket = "acme-tfstate"', 'table = "terraform-locks"'))
    assert [target.kind for target in config.targets] == [Kind.DYNAMODB]


def test_a_bucket_named_twice_is_a_mistake() -> None:
    assert "each bucket once" in problems(LEAST + '[[targets]]\nbucket = "acme-tfstate"\n')[0]


def test_a_route_to_a_bucket_that_no_target_has_is_a_mistake() -> None:
    [problem] = problems(LEAST + '[[routes]]\nstate_paths = ["acme-tfstat/*"]\n')
    assert problem.startswith("routes[0].state_paths = 'acme-tfstat/*': expected a pattern that begins with the bucket")


@pytest.mark.parametrize("line", ['undo = "5m"', "digest_over = 3"])
def test_what_is_decided_once_for_all_cannot_stand_in_a_route(line: str) -> None:
    [problem] = problems(LEAST + f'[[routes]]\nstate_paths = ["acme-tfstate/*"]\n{line}\n')
    assert "there is no such key; known here: accounts, auto_release" in problem


def test_what_is_not_toml_is_told_with_its_line() -> None:
    assert "line 2" in problems("[slack]\nteam_id = \n")[0]


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_told_so(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "reaper.toml"
    if content:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"reaper\.toml"):
        load(path)


def test_the_checker_prints_every_mistake_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "reaper.toml"
    path.write_text("[slack]\n")
    assert main([str(path)]) == 1
    assert len(capsys.readouterr().err.splitlines()) > 5
    assert main([str(EXAMPLE)]) == 0
