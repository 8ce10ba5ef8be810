"""The rules with all targets that are known now: those of the configuration, and those that target rules found."""

from collections.abc import Callable
from contextlib import suppress
from math import inf
from threading import Lock

import msgspec

from chalicelib.core.locks.place import Place
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.core.targets.remembered import Remembered, targets_of
from chalicelib.ports.book import BookError
from chalicelib.ports.targets import TargetBook

LOOK_AGAIN = 300.0
"""Seconds after which the book is read again: targets change once a night."""
LOOK_AT_ONCE = 0.1
"""Seconds after which it is read again for a place that no known target has.

An event takes longer from S3 to here. So an event of a bucket that was found before is never taken for a stranger's.
"""
TRY_AGAIN = 30.0
"""Seconds after which the book is read again when it could not be read."""


class CurrentRules:
    """The rules of a process. ``with_found`` returns the configured rules with the targets that were found.

    When the book cannot be read, the targets stay as they were known last; in a fresh process, as they are configured.
    ``failed`` is told. Threads may share it.
    """

    def __init__(
        self,
        with_found: Callable[[tuple[Target, ...]], Rules],
        book: Callable[[], TargetBook],
        clock: Callable[[], float],
        failed: Callable[[BookError], None],
    ) -> None:
        self._with_found = with_found
        self._book = book
        self._clock = clock
        self._failed = failed
        self._one_at_a_time = Lock()
        configured = with_found(())
        self._target_rules = configured.discoveries
        self._rules = msgspec.structs.replace(configured, all_known=not self._target_rules)
        self._known: Remembered | None = None
        self._due = self._due_at_once = -inf if self._target_rules else inf
        self._failing = False

    def rules(self) -> Rules:
        """Return the rules as they were at most a few minutes ago."""
        self._read_if(self._clock() >= self._due)
        return self._rules

    def rules_for(self, place: Place) -> Rules:
        """Return the rules; if no known target has this place, they are as of now.

        Raises:
            BookError: it is not known what the target rules found, so nobody can tell whether the place is a target's.
        """
        self.rules()
        if not self._has(place):
            self._read_if(self._clock() >= self._due_at_once)
        if not self._has(place) and (self._failing or not self._rules.all_known):
            raise BookError("it could not be read which targets the target rules found")
        return self._rules

    def rules_to_sweep(self, target: Target) -> Rules:
        """Return the rules with this target, which the order for its sweep has as it was found."""
        with suppress(BookError):
            self.rules_for(target.place(""))
        if not self._has(target.place("")):
            with self._one_at_a_time:
                self._rules = msgspec.structs.replace(self._rules, targets=(*self._rules.targets, target))
        return self._rules

    def learn(self, remembered: Remembered) -> Rules:
        """Return the rules with what was found just now, and use them from now on."""
        with self._one_at_a_time:
            self._take(remembered)
            return self._rules

    def _read_if(self, due: bool) -> None:  # noqa: FBT001  a fact, not a mode
        if due:
            with self._one_at_a_time:
                self._read()

    def _read(self) -> None:
        """Read the book, unless another thread did meanwhile."""
        now = self._clock()
        if now < self._due_at_once:
            return
        self._due = self._due_at_once = now + TRY_AGAIN
        try:
            remembered = self._book().remembered()
        except BookError as error:
            self._failing = True
            self._failed(error)
            return
        self._failing = False
        self._due, self._due_at_once = now + LOOK_AGAIN, now + LOOK_AT_ONCE
        if remembered is not self._known or not self._rules.all_known:
            self._take(remembered)

    def _take(self, remembered: Remembered | None) -> None:
        found = targets_of(remembered.containers if remembered else (), self._target_rules)
        self._known = remembered
        self._rules = self._with_found(found)

    def _has(self, place: Place) -> bool:
        """Return whether the bucket or the table of a place is a target, or parts of it are."""
        return place.home in self._rules.by_home
