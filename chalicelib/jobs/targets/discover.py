"""Find the targets of all target rules once a night, remember them, and tell what is new, gone or cannot be seen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.audit.line import LineKind, line_of
from chalicelib.core.brief import told_briefly
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.policy import Rules
from chalicelib.core.targets.finding import News, news_of, trouble_of
from chalicelib.core.targets.remembered import Container, Remembered, by_rule
from chalicelib.ports.book import BookError, DamagedError
from chalicelib.ports.people import Messenger
from chalicelib.ports.targets import TargetBook, TargetFinder
from chalicelib.ports.world import Journal

_SAME_NIGHT = timedelta(hours=7)
"""Lambda may repeat an invocation for six hours
(docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html)."""
_SUBJECT = "[[discover]] in reaper.toml"


@dataclass(frozen=True, kw_only=True)
class Searching:
    """The neighbours of the search."""

    finder: TargetFinder
    book: TargetBook
    journal: Journal
    messenger: Messenger
    has_time: Callable[[], bool]
    """Returns whether there is time left to look into further accounts."""
    learn: Callable[[Remembered], object]
    """Is given what is known from now on, before anything can fail."""


def discover(rules: Rules, world: Searching, now: datetime) -> None:
    """Have every target rule find its targets, and remember them.

    What fails is told and stops nothing: what a rule could not see counts as still there.

    Raises:
        MessengerError: people could not be told of trouble; another try tells them.
    """
    if not rules.discoveries:
        return
    night = _Night(world, now)
    before = night.before()
    known = by_rule(before.containers if before else (), rules.discoveries)
    for rule in rules.discoveries:
        night.look(rule, known[rule.key])
    already = before.reported if before and now - before.at < _SAME_NIGHT else ""
    remembered = Remembered(at=now, containers=night.containers, reported=already)
    world.learn(remembered)
    night.remember(remembered)
    if (words := told_briefly(night.trouble)) and words != already:
        world.messenger.report(rules.trouble_channel, _SUBJECT, words)
        night.remember(msgspec.structs.replace(remembered, reported=words))


@dataclass
class _Night:
    world: Searching
    now: datetime
    found: dict[str, Container] = field(default_factory=dict)
    kept: dict[str, Container] = field(default_factory=dict)
    """Those that were not seen, but may still be there."""
    trouble: list[str] = field(default_factory=list)
    unread: bool = False
    """Whether it could not be read what was known before."""
    unseen: bool = False
    """Whether a rule could not look everywhere, or found nothing."""

    @property
    def containers(self) -> tuple[Container, ...]:
        """Return all that is known from now on. What was seen counts, whatever another rule kept unseen."""
        return tuple((self.kept | self.found).values())

    def before(self) -> Remembered | None:
        """Return what was known before."""
        try:
            return self.world.book.remembered()
        except DamagedError as error:
            self.trouble.append(f"what the rules found before is damaged, and replaced by what they find now: {error}")
            return None
        except BookError as error:
            self.unread = True
            self.trouble.append(f"what the rules found before is not known: {error}")
            return None

    def look(self, rule: Discovery, known: Iterable[Container]) -> None:
        """Have one rule find its targets. A container that two rules find is the first one's."""
        finding = self.world.finder.find(rule, self.world.has_time)
        news, trouble = news_of(rule, finding, known), trouble_of(finding)
        self.unseen = self.unseen or bool(finding.unseen) or not finding.targets
        self.found = {one.home: one for one in news.seen} | self.found
        self.kept = {one.home: one for one in news.kept} | self.kept
        self.trouble += [f"{rule.called}: {trouble}"] if trouble else []
        counts = {"targets": news.found, "new": len(news.new), "gone": len(news.gone), "kept": len(news.kept)}
        known_by = (LineKind.TARGETS_FOUND, self.now.isoformat(), rule.key)
        about: dict[str, object] = {"target": rule.called, "detail": trouble, "changes": _changes(news)}
        self.world.journal.write(line_of(LineKind.TARGETS_FOUND, self.now, known_by, None, **about, **counts))

    def remember(self, remembered: Remembered) -> None:
        """Store what is known now, unless that would forget targets that only the unread book knows."""
        if self.unread and self.unseen:
            return
        try:
            self.world.book.replace(remembered)
        except BookError as error:
            self.trouble.append(f"what they found could not be remembered, so clicks do not know what is new: {error}")


def _changes(news: News) -> str:
    """Name what is gone and what is new; the line is cut where it is too long."""
    changes = {"gone": news.gone, "new": news.new}
    return "; ".join(f"{word}: {', '.join(one.called for one in some)}" for word, some in changes.items() if some)
