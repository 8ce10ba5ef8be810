"""The doctor's memory. ``contracts/test_doctor_book.py`` holds it to what DynamoDB's book does."""

from dataclasses import dataclass, field

from chalicelib.core.doctor.weekly.memory import Remembered
from tests.fakes.book import CanBeDown


@dataclass
class FakeDoctorBook(CanBeDown):
    """``ports.doctor.DoctorBook``."""

    known: dict[str, Remembered] = field(default_factory=dict)

    def remembered(self) -> dict[str, Remembered]:
        self._check()
        return dict(self.known)

    def note(self, known: Remembered) -> None:
        self._check()
        self.known[known.subject] = known
