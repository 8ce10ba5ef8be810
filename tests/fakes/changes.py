"""What all stores in memory have in common: answers that a test arranged, answers that get lost, and what was done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from chalicelib.core.clicks.deletion import Deletion, PutBack
from chalicelib.core.locks.place import LockRef
from chalicelib.ports.locks import ContainerGoneError, StoreError, StoreRefusedError

_Answer = TypeVar("_Answer", Deletion, PutBack)


@dataclass(kw_only=True)
class Changes:
    """``answers`` are given by the next deletes before they do anything, ``put_answers`` by the next puts."""

    answers: list[Deletion | StoreError] = field(default_factory=list)
    lost_replies: int = 0
    deleted: list[LockRef] = field(default_factory=list)
    put_answers: list[PutBack | StoreError] = field(default_factory=list)
    lost_put_replies: int = 0
    restored: list[LockRef] = field(default_factory=list)

    def _change(self, ref: LockRef, refusal: Deletion | None, act: Callable[[], object]) -> Deletion:
        """Delete, unless there is a reason against it, or another answer was arranged."""
        if self.answers:
            return _answered(self.answers.pop(0))
        if refusal:
            return refusal
        act()
        self.deleted.append(ref)
        if self.lost_replies:
            self.lost_replies -= 1
            return Deletion.UNKNOWN
        return Deletion.DELETED

    def _put(self, ref: LockRef, act: Callable[[], object], *, occupied: bool) -> PutBack:
        """Put, unless something is there, or another answer was arranged."""
        if self.put_answers:
            return _answered(self.put_answers.pop(0))
        if occupied:
            return PutBack.OCCUPIED
        act()
        self.restored.append(ref)
        if self.lost_put_replies:
            self.lost_put_replies -= 1
            return PutBack.UNKNOWN
        return PutBack.DONE

    def _check_ref(self, ref: LockRef) -> None:
        self._check(ref.place.container)
        if not ref.place.may_have_lock or not ref.stamp:
            raise StoreError("not a lock that was read")

    def _check(self, container: str) -> None:
        """Raise the error of a container that is gone, refuses or fails."""
        raise NotImplementedError


def check(container: str, noun: str, gone: set[str], refused: dict[str, str]) -> None:
    """Raise the error of a container that is gone or refuses."""
    if container in gone:
        raise ContainerGoneError(f"there is no such {noun}")
    if container in refused:
        raise StoreRefusedError(refused[container])


def _answered(answer: _Answer | StoreError) -> _Answer:
    if isinstance(answer, StoreError):
        raise answer
    return answer
