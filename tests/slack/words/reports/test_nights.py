from datetime import UTC, datetime

from chalicelib.core.nights.night import Night, Ordered, Result
from chalicelib.core.nights.summary import summary_of
from chalicelib.core.nights.sweep_order import Counts
from chalicelib.slack.words.reports.nights import night

BEGAN = datetime(2026, 11, 26, 3, tzinfo=UTC)
SUBJECT = "the night that began 2026-11-26 03:00 UTC"
PROD, DEV = "prod (111122223333)", "dev (444455556666)"


def swept(home: str, locks: int = 0) -> Result:
    return Result(home=home, finished=True, found=Counts(locks=locks))


def words(*ordered: Ordered, results: tuple[Result, ...] = ()) -> str:
    return night(SUBJECT, summary_of(Night(BEGAN, ordered, results)))


def test_it_tells_no_lock_from_nobody_could_look_by_account() -> None:
    ordered = (Ordered("s3:::a", PROD), Ordered("s3:::b", PROD), Ordered("s3:::c", DEV), Ordered("s3:::d", "qa (7)"))
    refused = Result(home="s3:::a", finished=True, failure="listing a: access denied")
    told = words(*ordered, results=(refused, swept("s3:::b", 4), swept("s3:::d")))
    assert told.splitlines() == [
        ":warning: *The night that began 2026-11-26 03:00 UTC: 2 of 4 targets were not swept.* Nobody looked for new "
        "locks in them, so what is locked there may be unknown.",
        "• `bucket c` in account `dev (444455556666)` was not heard of: no sweep of it answered",
        "• `bucket a` in account `prod (111122223333)` could not be swept: `listing a: access denied`",
        "Swept: 0 of 1 in `dev (444455556666)`, 1 of 2 in `prod (111122223333)`; all targets of 1 other account.",
        "In the 2 targets that were swept, 4 locks were found (`/tflocks all` lists those that are held now).",
        "Mend what AWS says (in another account its member role), or take the target out of `reaper.toml`. The next "
        "night tries again. More: `docs/operating.md`, The night.",
        "Where no sweep answered, look into the queue `tflock-sweeps-dead-<stage>` and into the log of `sweep_target`.",
    ]


def test_where_nothing_is_locked_it_says_so_and_where_nothing_was_swept_it_does_not() -> None:
    assert "In the 1 target that was swept, no lock was found." in words(
        Ordered("s3:::a", PROD), Ordered("s3:::b", PROD), results=(swept("s3:::a"),)
    )
    nothing = words(Ordered("s3:::a", PROD))
    assert "No target was swept." in nothing
    assert "no lock was found" not in nothing


def test_hundreds_of_targets_are_eight_names_and_a_number() -> None:
    told = words(*(Ordered(f"dynamodb:{number:012}::locks", f"{number:012}") for number in range(1000)))
    assert told.count("`table locks`") == 8
    assert "• and 992 more: `sweep_failed` in the journal names each" in told
    assert "and 995 more accounts" in told
    assert len(told.encode()) <= 4000


def test_foreign_words_forge_nothing_and_the_message_stays_short_enough() -> None:
    hostile = "<!channel>` *released*\n:tada:" * 100
    results = tuple(Result(home=f"s3:::{n}", finished=True, failure=hostile) for n in range(18))
    told = words(*(Ordered(f"s3:::{n}", f"{n} {hostile}") for n in range(20)), results=results)
    assert "<!channel>" not in told
    assert len(told.encode()) <= 4000
    assert told.endswith("log of `sweep_target`.")


def test_what_is_too_large_for_one_night_gets_its_own_advice() -> None:
    told = words(Ordered("s3:::a", PROD), results=(Result(home="s3:::a", part=3),))
    assert "`bucket a` in account `prod (111122223333)` was still being listed" in told
    assert "divide it by `prefixes`" in told


def test_an_account_that_denies_all_its_targets_is_one_line() -> None:
    ordered = (*(Ordered(f"s3:::{n}", DEV) for n in range(30)), Ordered("s3:::other", PROD))
    denied = tuple(Result(home=f"s3:::{n}", finished=True, failure="STS denies the role") for n in range(30))
    told = words(*ordered, results=(*denied, Result(home="s3:::other", finished=True, failure="no such bucket")))
    first = ", ".join(f"`bucket {n}`" for n in range(7))
    assert f"• {first} and 23 more in account `dev (444455556666)` could not be swept: `STS denies the role`" in told
    assert "• `bucket other` in account `prod (111122223333)` could not be swept: `no such bucket`" in told
