"""What changed since the last look: a change is told once, and what nobody could look at is not taken for a change."""

from datetime import timedelta

import pytest

from chalicelib.core.doctor.finding import Colour, Finding, Fix, green, grey, red, yellow
from chalicelib.core.doctor.weekly.memory import MOST_BYTES, Change, Remembered, key_of, remembered
from tests.builders import TAKEN

BUCKET, CHECK = "bucket acme-tfstate", "bucket.versioning"
FIX = Fix(do="Turn versioning on.", cli="aws s3api put-bucket-versioning --bucket acme-tfstate")
WELL, SUSPENDED = green(CHECK, BUCKET, "on"), red(CHECK, BUCKET, "suspended", FIX)
UNTIDY = yellow(CHECK, BUCKET, "on, without a lifecycle", FIX)
DENIED = grey(CHECK, BUCKET, "access denied", "s3:GetBucketVersioning")
UNANSWERED = grey(CHECK, BUCKET, "S3 did not answer")


def weeks(*looks: Finding | list[Finding]) -> list[list[tuple[Colour | None, Colour]]]:
    """The changes that are told after each look, with what they were and are."""
    known: Remembered | None = None
    told = []
    for week, look in enumerate(looks):
        findings = look if isinstance(look, list) else [look]
        now = remembered(BUCKET, findings, known, TAKEN + week * timedelta(days=7))
        told.append([(change.before, change.now) for change in now.untold])
        known = Remembered(subject=now.subject, at=now.at, colours=now.colours, last_seen=now.last_seen)
    return told


RED, YELLOW, GREEN, GREY = Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.GREY


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        ([WELL, SUSPENDED, SUSPENDED], [[], [(GREEN, RED)], []]),
        ([WELL, UNTIDY, SUSPENDED], [[], [(GREEN, YELLOW)], [(YELLOW, RED)]]),
        ([SUSPENDED, SUSPENDED, WELL], [[(None, RED)], [], [(RED, GREEN)]]),
        ([UNTIDY, UNTIDY], [[], []]),
        ([UNTIDY, WELL, SUSPENDED], [[], [(YELLOW, GREEN)], [(GREEN, RED)]]),
        ([DENIED, DENIED], [[], []]),
        ([DENIED, WELL], [[], []]),
        ([DENIED, SUSPENDED], [[], [(None, RED)]]),
        ([WELL, DENIED, DENIED, WELL], [[], [(GREEN, GREY)], [], []]),
        ([WELL, DENIED, SUSPENDED], [[], [(GREEN, GREY)], [(GREEN, RED)]]),
        ([SUSPENDED, DENIED, DENIED, SUSPENDED], [[(None, RED)], [(RED, GREY)], [], []]),
        ([WELL, UNANSWERED, WELL], [[], [], []]),
        ([WELL, UNANSWERED, SUSPENDED], [[], [], [(GREEN, RED)]]),
        ([WELL, UNANSWERED, DENIED], [[], [], [(GREEN, GREY)]]),
        ([SUSPENDED, UNANSWERED, SUSPENDED], [[(None, RED)], [], []]),
        ([WELL, DENIED, UNANSWERED, DENIED, SUSPENDED], [[], [(GREEN, GREY)], [], [], [(GREEN, RED)]]),
        ([UNANSWERED, SUSPENDED], [[], [(None, RED)]]),
    ],
)
def test_a_change_is_told_once(looks: list[Finding], told: list[list[tuple[Colour | None, Colour]]]) -> None:
    assert weeks(*looks) == told


def test_a_thing_that_a_check_did_not_name_before_was_well() -> None:
    all_well = green("slack.channels", BUCKET, "the app is in 3 channels")
    away = [all_well, red("slack.channels", "channel C0AWAY", "the app is not in it", FIX)]
    assert weeks([all_well], away, away, [all_well]) == [[], [(GREEN, RED)], [], [(RED, GREEN)]]


def test_a_thing_of_a_check_that_is_new_in_this_version_is_told_only_when_it_is_red() -> None:
    new = [WELL, yellow("bucket.logging", BUCKET, "none", FIX), red("bucket.policy", BUCKET, "open", FIX)]
    assert weeks([WELL], new, new) == [[], [(None, RED)], []]


def test_what_is_not_looked_at_stays_as_it_was() -> None:
    both = [SUSPENDED, green("bucket.policy", BUCKET, "closed")]
    assert weeks(both, [green("bucket.policy", BUCKET, "closed")], both) == [[(None, RED)], [], []]


def test_while_a_check_is_denied_for_one_thing_the_others_stay_as_they_were() -> None:
    away = red("slack.channels", "channel C0AWAY", "the app is not in it", FIX)
    denied = grey("slack.channels", "workspace T0ACME", "missing_scope", "channels:read")
    assert weeks([away], [denied], [denied], [away]) == [[(None, RED)], [(GREEN, GREY)], [], []]


def test_of_several_findings_about_one_thing_the_worst_counts() -> None:
    assert weeks([WELL], [WELL, DENIED, SUSPENDED, UNTIDY]) == [[], [(GREEN, RED)]]


def test_what_nobody_was_told_of_waits_unless_it_changed_again() -> None:
    first = remembered(BUCKET, [WELL], None, TAKEN)
    worse = remembered(BUCKET, [SUSPENDED], first, TAKEN)
    [waits] = remembered(BUCKET, [SUSPENDED], worse, TAKEN).untold
    assert waits == Change(check=CHECK, subject=BUCKET, before=GREEN, now=RED, seen="suspended", do=FIX.do, cli=FIX.cli)
    [mended] = remembered(BUCKET, [WELL], worse, TAKEN).untold
    assert (mended.before, mended.now) == (RED, GREEN)


def test_of_a_flood_of_findings_only_so_much_is_remembered_the_worst_first() -> None:
    flood = [green("migration.state", f"state {number:05}" + "x" * 900, "") for number in range(1000)]
    now = remembered(BUCKET, [*flood, SUSPENDED], None, TAKEN)
    assert sum(len(key) for key in now.colours) <= MOST_BYTES
    assert now.colours[key_of(SUSPENDED)] is RED
    again = remembered(BUCKET, [*flood, SUSPENDED], now, TAKEN)
    assert [change.key for change in again.untold] == [key_of(SUSPENDED)]
