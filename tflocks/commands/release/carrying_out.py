"""Carry out ``tflocks release``: look, show, ask, release, tell how it ended."""

import sys
from datetime import UTC, datetime
from typing import NamedTuple

import click

from chalicelib.core.locks.place import Kind
from chalicelib.core.visible import visible
from tflocks.commands.release.question import Question
from tflocks.live.aws import Aws
from tflocks.live.operator import OperatorError, operator
from tflocks.live.reaper import Knowledge, NoReaperError, Reaper, ask, find_reaper
from tflocks.live.releasing import Released, ReleaseError, Releaser, written_out
from tflocks.live.state import StateSeen, look_at_state, places_of, state_written
from tflocks.locks.choosing import ChoiceError, choose, named, why_not
from tflocks.locks.elsewhere import elsewhere, other_credentials
from tflocks.locks.standing import Standing, standings
from tflocks.locks.story import end_words, ended_well, half_words, story
from tflocks.output.asking import confirmed
from tflocks.output.facts import show_facts
from tflocks.output.terminal import tell
from tflocks.sources.clients import session_of


class _Reaper(NamedTuple):
    """The deployed reaper, if there is one, and what it knows."""

    deployed: Reaper | None
    knowledge: Knowledge


def carry_out(asked: Question, profile: str | None, region: str | None) -> int:
    """Release a lock; return the exit status.

    Raises:
        click.ClickException: nothing was released; the message says why.
    """
    aws = Aws(session_of(profile, region))
    reaper = _reaper(asked, aws)
    seen = _look(asked, aws, reaper)
    found = standings(seen.locks, reaper.knowledge.pages, reaper.knowledge.rules, datetime.now(UTC))
    for one in found:
        _show(one, aws)
    tell(*reaper.knowledge.gaps, *seen.problems)
    try:
        chosen = choose(found, seen.problems, asked.wish)
        return _release(asked, chosen, [one for one in found if one is not chosen], aws, reaper)
    except (ChoiceError, OperatorError, ReleaseError) as error:
        raise click.ClickException(visible(str(error))) from error


def _reaper(asked: Question, aws: Aws) -> _Reaper:
    try:
        deployed = find_reaper(aws, asked.stack)
        return _Reaper(deployed, ask(deployed, aws))
    except NoReaperError as error:
        return _Reaper(None, Knowledge(gaps=(f"{error}; so a release is not journaled",)))


def _look(asked: Question, aws: Aws, reaper: _Reaper) -> StateSeen:
    places, problems = places_of(asked.state_path, asked.tables, reaper.knowledge.rules, aws)
    rules = reaper.knowledge.rules
    far = [(place, account) for place in places if (account := elsewhere(place, rules))]
    for place, account in far:
        what = other_credentials(f"{place.traits.container} {place.container}", account, rules.home.id if rules else "")
        if place.kind is Kind.S3:  # so are all tables with a lock of this state
            raise click.ClickException(visible(f"nothing was released: {what}"))
        problems.append(what)
    return look_at_state([place for place in places if elsewhere(place, rules) is None], aws.locks(), problems)


def _show(one: Standing, aws: Aws) -> None:
    written, why = state_written(one.locks[0], aws.locks())  # the table's half, if there is one
    show_facts(story(one, written), sys.stdout)
    click.echo()
    if why:
        tell(f"when the state was last written: {why}")


def _release(asked: Question, chosen: Standing, others: list[Standing], aws: Aws, reaper: _Reaper) -> int:
    rules = reaper.knowledge.rules
    keeps = asked.keep is not None or (rules is not None and bool(rules.undo))
    if why := why_not(chosen, keeps=keeps, alone=asked.wish.alone):
        raise ChoiceError(f"not released: {why}")
    if asked.dry_run:
        tell(f"dry run: {_lock(chosen)} would be released; nothing was done")
        return 0
    arn = operator(aws)
    if not asked.sure and not confirmed(visible(f"Release {_lock(chosen)} as {arn}?"), sys.stdin):
        tell("nothing was released")
        return 1
    releaser = Releaser(aws, arn, reaper.deployed, rules)
    _keep(asked, chosen, releaser)
    done = releaser.release(chosen, kept=asked.keep is not None)
    _tell(done, chosen, arn, reaper.deployed)
    if others:
        tell(
            f"the state may still be locked: another lock on it was left alone, of {', and '.join(map(named, others))}"
        )
    return 0 if ended_well(done.ending, arn) else 1


def _lock(chosen: Standing) -> str:
    """Name the lock. Where several holders are shown, "this lock" would not tell which of them is meant."""
    return f"the lock of {named(chosen)}" if chosen.others else "this lock"


def _keep(asked: Question, chosen: Standing, releaser: Releaser) -> None:
    if asked.keep is None:
        return
    text = written_out(releaser.objects(chosen))
    try:
        with asked.keep.open("xb") as file:
            file.write(text)
    except OSError as error:
        raise ReleaseError(f"--keep: {asked.keep} could not be written: {error.strerror or error}") from error


def _tell(done: Released, chosen: Standing, arn: str, reaper: Reaper | None) -> None:
    click.echo(visible(f"{chosen.state_path}: {end_words(done.ending, arn)}"))
    for half in half_words(done.ending):
        click.echo(visible(f"  {half}"))
    if done.not_journaled:
        tell(f"NOT journaled: {done.not_journaled}" + (_BY_EVENT if reaper else ""))
    if done.ending.closes and chosen.page.posted:
        tell(f"its alert in Slack: {_edited(done)}")


_BY_EVENT = ". What AWS itself tells of the delete is journaled, where the bucket or the table is wired"


def _edited(done: Released) -> str:
    if done.not_ordered:
        return f"the next watch edits it, within 15 minutes ({done.not_ordered})"
    return "it is edited in a few seconds"
