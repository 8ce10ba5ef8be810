"""Each subject is looked at once a week; what became worse is told once, in one message, however a night ends."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

import pytest

from chalicelib.core.audit.line import LineKind
from chalicelib.core.doctor.finding import Colour, Finding, Fix, green, grey, red
from chalicelib.core.doctor.weekly.memory import Remembered
from chalicelib.core.doctor.weekly.news import News
from chalicelib.jobs.doctor.weekly import WeeklyLook, examine_weekly
from chalicelib.jobs.runs.run import OneByOne, Run, Threads
from chalicelib.ports.book import BookError
from chalicelib.ports.doctor import Examination
from chalicelib.ports.people import MessengerError
from tests.builders import CHANNEL, TAKEN
from tests.fakes.doctor import FakeDoctorBook
from tests.fakes.slack import FakeMessenger
from tests.fakes.world import FakeJournal

CHECK = "bucket.versioning"
NIGHT, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass
class SetUp:
    """Buckets, each with the findings of its one look."""

    buckets: dict[str, list[Finding]] = field(default_factory=dict)
    looked: list[str] = field(default_factory=list)
    book: FakeDoctorBook = field(default_factory=FakeDoctorBook)
    slack: FakeMessenger = field(default_factory=FakeMessenger)
    journal: FakeJournal = field(default_factory=FakeJournal)
    now: datetime = TAKEN
    hangs: Event | None = None
    """Until this is set, the last bucket does not answer."""

    def becomes(self, colour: Colour, *names: str) -> None:
        self.buckets |= {name: [found(name, colour)] for name in names}

    def night(self, after: timedelta = timedelta(), run: Run | None = None) -> None:
        self.now += after
        world = WeeklyLook(
            examinations=lambda: [Examination(name, {CHECK: self._look(name)}) for name in self.buckets],
            book=self.book,
            journal=self.journal,
            messenger=self.slack,
            channel=CHANNEL,
        )
        examine_weekly(world, self.now, run or Run())

    def _look(self, name: str) -> Callable[[], Iterable[Finding]]:
        def look() -> Iterable[Finding]:
            self.looked.append(name)
            if self.hangs and name == list(self.buckets)[-1]:
                self.hangs.wait(10)
            return self.buckets[name]

        return look

    @property
    def news(self) -> list[News]:
        return [told for _, _, told in self.slack.reports if isinstance(told, News)]


def found(name: str, colour: Colour) -> Finding:
    if colour is Colour.RED:
        return red(CHECK, name, "suspended", Fix(do="Turn versioning on."))
    return green(CHECK, name, "on") if colour is Colour.GREEN else grey(CHECK, name, "denied", "s3:Get")


@pytest.fixture
def there() -> SetUp:
    there = SetUp()
    there.becomes(Colour.GREEN, "bucket a", "bucket b")
    return there


def test_where_all_is_well_nobody_is_told_and_the_journal_has_a_line(there: SetUp) -> None:
    there.night()
    assert there.slack.reports == []
    [line] = there.journal.lines
    assert line.event is LineKind.DOCTOR_EXAMINED
    assert (line.targets, line.new, line.not_reached) == (2, 2, 0)
    assert (line.red, line.yellow, line.grey, line.green) == (0, 0, 0, 2)


def test_what_became_worse_is_told_once_in_one_message(there: SetUp) -> None:
    there.night()
    there.becomes(Colour.RED, "bucket a", "bucket b")
    there.night(WEEK)
    there.night(WEEK)
    [news] = there.news
    assert [one.subjects for one in news.worse] == [("bucket a", "bucket b")]
    assert there.slack.reports[0][0] == CHANNEL
    assert [line.red for line in there.journal.lines] == [0, 2, 2]


def test_the_first_look_tells_reds_only(there: SetUp) -> None:
    there.becomes(Colour.RED, "bucket a")
    there.becomes(Colour.GREY, "bucket b")
    there.night()
    [news] = there.news
    assert [one.subjects for one in news.first] == [("bucket a",)]
    assert (news.worse, news.hidden) == ([], [])


def test_a_subject_is_looked_at_once_a_week_and_a_new_one_in_the_next_night(there: SetUp) -> None:
    there.night()
    there.becomes(Colour.RED, "bucket c")
    for _ in range(6):
        there.night(NIGHT)
    assert sorted(there.looked) == ["bucket a", "bucket b", "bucket c"]
    there.night(NIGHT - timedelta(minutes=1))
    assert sorted(there.looked) == ["bucket a", "bucket a", "bucket b", "bucket b", "bucket c"]
    assert len(there.news) == 1


def test_what_a_night_has_no_time_for_comes_first_in_the_next_one(there: SetUp) -> None:
    there.becomes(Colour.GREEN, *(f"bucket {number}" for number in range(20)))
    ticks = iter(range(1000))
    there.night(run=Run(OneByOne(clock=lambda: float(next(ticks))), begins_until=5.0, ends=500.0))
    first = list(there.looked)
    assert 0 < len(first) < 10
    assert there.journal.lines[0].not_reached == 22 - len(first)
    there.night(NIGHT)
    assert len(there.looked) == len(set(there.looked)) == 22


def test_a_subject_that_is_no_target_any_more_is_neither_counted_nor_told(there: SetUp) -> None:
    there.becomes(Colour.RED, "bucket a")
    there.night()
    del there.buckets["bucket a"]
    there.night(WEEK)
    assert there.journal.lines[-1].red == 0


def test_five_hundred_buckets_are_looked_at_side_by_side(there: SetUp) -> None:
    there.becomes(Colour.GREEN, *(f"bucket {number}" for number in range(500)))
    threads = Threads(16)
    there.night(run=Run(threads, threads.clock() + 60, threads.clock() + 90))
    assert len(there.book.known) == 502
    assert there.journal.lines[0].green == 502


def test_a_look_that_did_not_answer_is_in_the_journal_and_changes_nothing(there: SetUp) -> None:
    there.night()
    there.buckets["bucket a"] = [grey(CHECK, "bucket a", "S3 did not answer within 5 s")]
    there.night(WEEK)
    assert there.slack.reports == []
    assert there.journal.lines[1].detail == "bucket a, bucket.versioning: S3 did not answer within 5 s"


def test_without_the_memory_nothing_is_told_anew(there: SetUp) -> None:
    there.becomes(Colour.RED, "bucket a")
    there.book.down = True
    with pytest.raises(BookError):
        there.night()
    assert (there.slack.reports, there.looked) == ([], [])


def test_while_slack_is_down_the_change_waits_for_the_next_night(there: SetUp) -> None:
    there.night()
    there.becomes(Colour.RED, "bucket a")
    there.slack.refusing = "Slack answered invalid_auth"
    with pytest.raises(MessengerError):
        there.night(WEEK)
    there.slack.refusing = ""
    there.night(NIGHT)
    there.night(NIGHT)
    [news] = there.news
    assert [one.subjects for one in news.worse] == [("bucket a",)]
    assert there.looked.count("bucket a") == 2


def test_a_look_that_hangs_does_not_keep_people_from_being_told_of_the_others(there: SetUp) -> None:
    there.becomes(Colour.RED, "bucket a")
    there.hangs = Event()
    threads = Threads(2)
    there.night(run=Run(threads, threads.clock() + 0.2, threads.clock() + 0.3))
    there.hangs.set()
    assert len(there.news) == 1
    assert there.journal.lines[0].not_reached == 1


class ForgettingOne(FakeDoctorBook):
    """A book that once cannot note that people were told of the first bucket."""

    failing = True

    def note(self, known: Remembered) -> None:
        if self.failing and not known.untold and known.subject == "bucket one":
            self.failing = False
            raise BookError("DynamoDB throttles")
        super().note(known)


def test_where_one_subject_cannot_be_noted_as_told_the_others_are_not_told_again() -> None:
    setup = SetUp(book=ForgettingOne())
    setup.becomes(Colour.RED, "bucket one", "bucket two", "bucket three")
    with pytest.raises(BookError):
        setup.night()
    setup.night(NIGHT)
    assert [len(told.changes) for told in setup.news] == [3, 1]
