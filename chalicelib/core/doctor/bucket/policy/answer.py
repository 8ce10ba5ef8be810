"""An answer that may be unknown."""

from collections.abc import Iterable
from enum import IntEnum


class Answer(IntEnum):
    """Whether something is so. ``min`` of several is "and", ``max`` is "or"."""

    NO = 0
    MAYBE = 1
    """It depends on something that is not known here."""
    YES = 2


def is_so(known: object) -> Answer:
    """Return the answer to what is known: YES for what is true."""
    return Answer.YES if known else Answer.NO


def not_so(answer: Answer) -> Answer:
    """Return the contrary; of MAYBE, MAYBE."""
    return Answer(Answer.YES - answer)


def any_of(answers: Iterable[Answer]) -> Answer:
    """Return whether one is so; of none, NO."""
    return max(answers, default=Answer.NO)


def all_of(answers: Iterable[Answer]) -> Answer:
    """Return whether all are so; of none, YES."""
    return min(answers, default=Answer.YES)


def agreed(answers: Iterable[Answer]) -> Answer:
    """Return what all alternatives answer; MAYBE where they differ or there are none."""
    different = set(answers)
    return different.pop() if len(different) == 1 else Answer.MAYBE
