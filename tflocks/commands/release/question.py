"""Turn the command line of ``tflocks release`` into a checked question."""

import os
from pathlib import Path

import click
import msgspec

from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.visible import visible
from tflocks.arguments.container import table_target
from tflocks.arguments.state_path import StatePathError, split
from tflocks.locks.choosing import Wish


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line as click read it."""

    state: str
    tables: tuple[str, ...]
    lock_id: str | None
    half: str | None
    alone: bool
    yes: bool
    dry_run: bool
    keep: Path | None
    stage: str
    stack: str | None
    region: str | None
    profile: str | None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which lock is to be released, and how."""

    state_path: str
    tables: tuple[Target, ...]
    wish: Wish
    sure: bool
    """Whether the operator is not to be asked."""
    dry_run: bool
    keep: Path | None
    stack: str


def question(options: Options, *, terminal: bool) -> Question:
    """Return what a command line asks; ``terminal`` tells whether somebody is there who can be asked.

    Raises:
        click.UsageError: it names no state, or nobody can be asked.
    """
    try:
        bucket, key = split(options.state)
        tables = tuple(map(table_target, options.tables))
    except StatePathError as error:
        raise click.UsageError(visible(str(error))) from error
    if options.lock_id == "":  # a script whose variable is empty must not release whatever is there
        raise click.UsageError("--id: an empty ID names no lock. For a lock without an ID: --yes")
    sure = options.yes or options.lock_id is not None
    if not (sure or terminal or options.dry_run):
        raise click.UsageError("nobody is at a terminal to be asked: name the lock by --id, or say --yes")
    _check_file(options.keep)
    return Question(
        state_path=f"{bucket}/{key}",
        tables=tables,
        wish=Wish(
            lock_id=options.lock_id or "", half=Kind(options.half) if options.half else None, alone=options.alone
        ),
        sure=sure,
        dry_run=options.dry_run,
        keep=options.keep,
        stack=options.stack or f"tflock-reaper-{options.stage}",
    )


def _check_file(file: Path | None) -> None:
    """Check the file of ``--keep`` before anything is deleted. It is never overwritten."""
    if file is None:
        return
    if file.exists():
        raise click.UsageError(f"--keep: there is a file {visible(str(file))} already")
    if not os.access(file.parent, os.W_OK):
        raise click.UsageError(f"--keep: {visible(str(file))} cannot be written")
