"""Each look ends in a finding, whatever happens, and no look hides another one's."""

from collections.abc import Iterable

from chalicelib.core.doctor.finding import Colour, Finding, green
from chalicelib.jobs.doctor.examine import examine
from chalicelib.ports.doctor import Examination, NotAllowedError, NotKnownError

BUCKET = "bucket acme-tfstate"


def well() -> Iterable[Finding]:
    yield green("bucket.versioning", BUCKET, "versioning is on")


def denied() -> Iterable[Finding]:
    raise NotAllowedError("s3:GetBucketLogging", "S3: access denied")


def unanswered() -> Iterable[Finding]:
    raise NotKnownError("S3 did not answer within 5 s")


def broken() -> Iterable[Finding]:
    yield green("bucket.logging", BUCKET, "half a look")
    raise KeyError("Rules")


def found(*looks: tuple[str, object]) -> list[Finding]:
    return examine([Examination(BUCKET, dict(looks))], lambda _: True, lambda _: None)  # type: ignore[arg-type]


def test_a_look_that_is_not_allowed_is_grey_with_the_right_that_it_lacks_and_never_green() -> None:
    [one] = found(("bucket.logging", denied))
    assert (one.colour, one.right, one.seen) == (Colour.GREY, "s3:GetBucketLogging", "S3: access denied")


def test_a_look_without_an_answer_is_grey_with_the_reason() -> None:
    [one] = found(("bucket.logging", unanswered))
    assert (one.colour, one.right, one.seen) == (Colour.GREY, "", "S3 did not answer within 5 s")


def test_a_look_that_breaks_half_way_is_grey_and_all_others_are_taken() -> None:
    first, second = found(("bucket.logging", broken), ("bucket.versioning", well))
    assert (first.colour, second.colour) == (Colour.GREY, Colour.GREEN)
    assert "KeyError('Rules')" in first.seen


def test_a_check_that_does_not_apply_is_green_and_says_so() -> None:
    [one] = found(("bucket.logging", tuple))
    assert (one.colour, one.check) == (Colour.GREEN, "bucket.logging")


def test_only_what_is_wanted_is_looked_at_and_findings_come_in_order_with_the_progress() -> None:
    done: list[int] = []
    subjects = [Examination(f"bucket {n}", {"bucket.versioning": well, "bucket.logging": denied}) for n in range(40)]
    all_found = examine(subjects, lambda check: check == "bucket.versioning", done.append)
    assert [one.check for one in all_found] == ["bucket.versioning"] * 40
    assert done == list(range(1, 41))
