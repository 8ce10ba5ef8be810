"""Turn the command line of ``tflocks doctor`` into a checked question."""

from collections.abc import Iterable
from difflib import get_close_matches
from shlex import quote

import click
import msgspec

from chalicelib.checked_rules import Config
from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.locks.target import Target
from chalicelib.core.visible import visible
from tflocks.arguments.container import bucket_target, table_target
from tflocks.arguments.state_path import StatePathError

AREAS = tuple(dict.fromkeys(check.area for check in CHECKS.values()))
"""The beginnings of the IDs of all checks."""


class NothingToLookAtError(click.ClickException):
    """Nothing could be looked at. Exit status 1 means that something is red."""

    exit_code = 2


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line as click read it."""

    names: tuple[str, ...]
    tables: tuple[str, ...]
    everything: bool
    only: tuple[str, ...]
    as_json: bool
    fix_as: str | None
    config: Config | None
    stage: str
    stack: str | None
    region: str | None
    profile: str | None
    reaper_profile: str | None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be looked at, and how it is shown."""

    targets: tuple[Target, ...] = ()
    everything: bool = False
    only: tuple[str, ...] = ()
    """IDs of checks, and areas; none: all checks."""
    form: str = ""
    """``json``, ``cli``, ``hcl``, or "" for a report."""
    config: Config | None = None
    """A ``reaper.toml`` that the rules that run are compared with."""
    stack: str = ""
    shell: tuple[str, ...] = ()
    """What a shell needs to know before it runs a fix, where the command line named a profile or a region."""

    @property
    def of_reaper(self) -> bool:
        """Return whether it asks for the deployed reaper and all of its targets."""
        return not self.targets and not self.everything

    def wants(self, check: str) -> bool:
        """Return whether a check is asked for, by its ID or by its area."""
        return not self.only or check in self.only or CHECKS[check].area in self.only


def question(options: Options) -> Question:
    """Return what a command line asks.

    Raises:
        click.UsageError: it names something that is no bucket, table or check, or two things that exclude each other.
    """
    if options.as_json and options.fix_as:
        raise click.UsageError("either --json, which has the fixes too, or --fix-as: there is one standard output")
    return Question(
        targets=_targets(options),
        everything=options.everything,
        only=tuple(map(_check_or_area, options.only)),
        form="json" if options.as_json else options.fix_as or "",
        config=options.config,
        stack=options.stack or f"tflock-reaper-{options.stage}",
        shell=tuple(_shell(options)),
    )


def _shell(options: Options) -> Iterable[str]:
    region = options.region
    given = {"AWS_PROFILE": options.profile, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    if words := [f"{name}={quote(value)}" for name, value in given.items() if value]:
        yield f"export {' '.join(words)}"
    if options.reaper_profile:
        yield f"# What is about the reaper itself takes its own: AWS_PROFILE={quote(options.reaper_profile)}"


def _targets(options: Options) -> tuple[Target, ...]:
    try:
        named = (*map(bucket_target, options.names), *map(table_target, options.tables))
    except StatePathError as error:
        raise click.UsageError(visible(str(error))) from error
    if named and options.everything:
        raise click.UsageError("either --all, or the buckets and tables that you name")
    return tuple(_joined(named))


def _joined(named: Iterable[Target]) -> Iterable[Target]:
    """Return each container once, with all prefixes that were named of it; a whole bucket has none."""
    found: dict[str, Target] = {}
    for one in named:
        before = found.get(one.home)
        if before:
            prefixes = tuple(dict.fromkeys((*before.prefixes, *one.prefixes)))
            whole = not before.prefixes or not one.prefixes
            found[one.home] = msgspec.structs.replace(one, prefixes=() if whole else prefixes)
        else:
            found[one.home] = one
    return found.values()


def _check_or_area(text: str) -> str:
    if text in CHECKS or text in AREAS:
        return text
    near = get_close_matches(text, [*CHECKS, *AREAS], n=3)
    meant = f"did you mean {' or '.join(near)}?" if near else f"the areas are {', '.join(AREAS)}"
    raise click.UsageError(visible(f"--only: there is no check and no area {text!r}; {meant} (docs/doctor.md has all)"))
