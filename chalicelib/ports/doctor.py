"""What the doctor looks at, the failures of a look, and the memory of what was seen."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.weekly.memory import Remembered


class NotAllowedError(Exception):
    """A look was not allowed; the message says who said so, and ``right`` what it takes."""

    def __init__(self, right: str, said: str) -> None:
        super().__init__(said)
        self.right = right


class NotKnownError(Exception):
    """A look had no answer; the message says why, for a person."""


Look = Callable[[], Iterable[Finding]]
"""A look for one check. It may raise ``NotAllowedError`` or ``NotKnownError``; both make a grey finding."""


@dataclass(frozen=True)
class Examination:
    """Everything that is checked of one subject."""

    subject: str
    """As people call it: ``bucket acme-tfstate``."""
    looks: Mapping[str, Look]
    """The looks, by the IDs of their checks. They are taken one after the other, so they may share what they read."""


class DoctorBook(Protocol):
    """The memory of the weekly looks. Every method may raise BookError."""

    def remembered(self) -> dict[str, Remembered]:
        """Return what is known of each subject. What cannot be read counts as not known."""

    def note(self, known: Remembered) -> None:
        """Store what is known of a subject, in the place of what was known before."""
