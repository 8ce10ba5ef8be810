from typing import Any

from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.slack import checks
from chalicelib.core.doctor.weekly.memory import Change
from chalicelib.core.doctor.weekly.news import News
from chalicelib.slack.words.reports.doctor import news

CHANNELS, TOKEN = checks.CHANNELS, checks.TOKEN
SUSPENDED = "aws s3api put-bucket-versioning --bucket acme-tfstate \\\n  --versioning-configuration Status=Enabled"


def a_change(**others: Any) -> Change:
    said: dict[str, Any] = {"check": CHANNELS, "subject": "channel C0PAY", "before": Colour.GREEN, "now": Colour.RED}
    said |= {"seen": "the app is not in #payments", "do": "Type `/invite @tflock-reaper` in #payments."}
    return Change(**said | others)


def words(*changes: Change, red: int = 1) -> str:
    return news(News(changes=changes, red=red))


def test_what_became_worse_is_told_with_its_fix() -> None:
    assert words(a_change()).splitlines() == [
        ":warning: *The weekly look: 1 thing became worse.*",
        "• :red_circle: *Channels in reaper.toml*, `channel C0PAY` (was green): `the app is not in #payments`",
        "    Type `/invite @tflock-reaper` in #payments.",
        "`tflocks doctor` shows everything, with the commands.",
    ]


def test_commands_are_ready_to_paste() -> None:
    told = words(
        a_change(cli="aws s3api get-bucket-policy --bucket a\naws s3api put-bucket-policy --policy '{\"a\": 1}'")
    )
    assert "```\naws s3api get-bucket-policy --bucket a\naws s3api put-bucket-policy --policy '{\"a\": 1}'\n```" in told


def test_commands_that_slack_would_change_are_left_to_the_command_line() -> None:
    for cli in ("echo `date`", "a  b", "x" * 901, "\u202eevil"):
        assert "```" not in words(a_change(cli=cli))


def test_the_first_look_says_that_it_is_the_first() -> None:
    told = words(a_change(before=None), a_change(before=None, subject="channel C0OPS"), red=2)
    assert told.startswith(":warning: *The weekly look, where it looked for the first time: 2 things red.*")
    assert "`channel C0PAY`, `channel C0OPS`: of `channel C0PAY`: `the app" in told
    assert "    The others have a fix each: `tflocks doctor --only slack.channels`." in told


def test_what_is_better_and_what_is_not_looked_at_any_more_take_one_line_each() -> None:
    better = [
        a_change(now=Colour.GREEN, before=Colour.RED, seen="", subject=f"channel C{number}") for number in range(9)
    ]
    hidden = [
        a_change(now=Colour.GREY, right=right, check=TOKEN, subject=str(number))
        for number, right in enumerate(("s3:GetBucketLogging", "users:read"))
    ]
    told = words(*better, *hidden, red=4).splitlines()
    assert told[0] == "*The weekly look: nothing became worse.*"
    assert told[1] == "Not looked at any more, 2 things: the right `s3:GetBucketLogging` is missing."
    assert told[2].startswith(":white_check_mark: Better: Channels in reaper.toml, `channel C0`; ")
    assert told[2].endswith("; and 6 more.")
    assert told[3] == "4 things red since before. `tflocks doctor` shows everything, with the commands."
    assert len(told) == 4


def test_hundreds_of_buckets_with_one_fault_are_one_entry() -> None:
    told = words(*(a_change(subject=f"bucket {number}") for number in range(500)), red=500)
    assert ":warning: *The weekly look: 500 things became worse.*" in told
    assert "`bucket 4` and 495 more" in told
    assert len(told.encode()) < 1000


def test_what_has_no_room_is_counted_and_foreign_words_forge_nothing() -> None:
    hostile = "<!channel>` *released*\n:tada:```" * 100
    many = [
        a_change(check=f"a.{number}{hostile}", subject=hostile, seen=hostile, do=hostile, cli=hostile)
        for number in range(30)
    ]
    told = words(*many, red=30)
    assert "<!channel>" not in told
    assert "\n• and " in told
    assert len(told.encode()) <= 4000
