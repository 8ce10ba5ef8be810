"""Turn the command line of ``tflocks doctor --canary`` into a checked question."""

import os
from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from chalicelib.core.duration import parse
from chalicelib.core.locks.target import Target
from chalicelib.core.visible import visible
from tflocks.arguments.container import bucket_target, table_target
from tflocks.arguments.state_path import StatePathError


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line as click read it."""

    bucket: str | None
    table: str | None
    channel: str | None
    wait_for_click: str
    report: Path | None
    yes: bool
    stage: str
    stack: str | None
    region: str | None
    profile: str | None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which canary is asked for."""

    bucket: str
    table: str
    channel: str
    wait_for_click: float
    report: Path | None
    sure: bool
    stack: str


def question(options: Options, *, terminal: bool) -> Question:
    """Return what a command line asks. Raises click.UsageError."""
    if not (options.yes or terminal):
        raise click.UsageError("nobody is at a terminal to be asked: say --yes")
    _check_file(options.report)
    return Question(
        bucket=_container(options.bucket, bucket_target),
        table=_container(options.table, table_target),
        channel=options.channel or "",
        wait_for_click=_seconds(options.wait_for_click),
        report=options.report,
        sure=options.yes,
        stack=options.stack or f"tflock-reaper-{options.stage}",
    )


def _container(given: str | None, read: Callable[[str], Target]) -> str:
    if given is None:
        return ""
    try:
        target = read(given)
    except StatePathError as error:
        raise click.UsageError(visible(str(error))) from error
    if target.prefixes:
        raise click.UsageError("--bucket: name the bucket alone; the canary uses the first prefix of its target")
    return target.container


def _seconds(text: str) -> float:
    if text in {"0", "0s"}:
        return 0.0
    try:
        return parse(text).total_seconds()
    except ValueError as error:
        raise click.UsageError(f"--wait-for-click: {visible(str(error))}") from error


def _check_file(file: Path | None) -> None:
    """Check the report's file before anything is written. It is never overwritten."""
    if file is None:
        return
    if file.exists():
        raise click.UsageError(f"--report: there is a file {visible(str(file))} already")
    if not os.access(file.parent, os.W_OK):
        raise click.UsageError(f"--report: {visible(str(file))} cannot be written")
