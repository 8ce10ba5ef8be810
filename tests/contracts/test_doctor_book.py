"""What holds of every doctor's book: each subject has what was stored last."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.aws.book.nightly.doctor_book import DynamoDoctorBook
from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.weekly.memory import Change, Remembered
from chalicelib.ports.doctor import DoctorBook
from tests.aws_fixtures import lock_book_table
from tests.builders import TAKEN
from tests.fakes.doctor import FakeDoctorBook

HOSTILE = "\x00<!channel>\n\"'} \U0001f600\uffff #by :by"


@pytest.fixture(params=["fake", "DynamoDB in moto"])
def book(request: pytest.FixtureRequest) -> Iterator[DoctorBook]:
    if request.param == "fake":
        yield FakeDoctorBook()
        return
    with lock_book_table() as table:
        yield DynamoDoctorBook(table)


def a_memory(subject: str = "bucket acme-tfstate", colour: Colour = Colour.RED) -> Remembered:
    change = Change(check="bucket.versioning", subject=subject, before=None, now=colour, seen=HOSTILE, cli=HOSTILE)
    key = f"bucket.versioning {subject}"
    return Remembered(
        subject=subject, at=TAKEN, colours={key: colour}, last_seen={HOSTILE: Colour.GREEN}, untold=(change,)
    )


def test_a_new_book_knows_nothing(book: DoctorBook) -> None:
    assert book.remembered() == {}


def test_each_subject_has_what_was_stored_last(book: DoctorBook) -> None:
    later = a_memory(colour=Colour.GREEN)
    for known in (a_memory(), a_memory("table locks"), later):
        book.note(known)
    assert book.remembered() == {later.subject: later, "table locks": a_memory("table locks")}


def test_there_may_be_thousands_of_subjects(book: DoctorBook) -> None:
    for number in range(300):
        book.note(Remembered(subject=f"bucket {number}", at=TAKEN + timedelta(seconds=number)))
    assert len(book.remembered()) == 300
