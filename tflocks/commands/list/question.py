"""Turn the command line of ``tflocks list`` into a checked question."""

from datetime import timedelta

import click
import msgspec

from chalicelib.core.clicks.list_query import Query
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.target import Target
from chalicelib.core.visible import visible
from tflocks.arguments.container import bucket_target, table_target
from tflocks.arguments.form import form
from tflocks.arguments.state_path import StatePathError


class LookError(click.ClickException):
    """Nothing could be looked at. Exit status 1 means that a lock is older than ``--fail-over``."""

    exit_code = 2


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line as click read it."""

    buckets: tuple[str, ...]
    tables: tuple[str, ...]
    everything: bool
    accounts: tuple[str, ...]
    fail_over: timedelta | None
    as_json: bool
    as_csv: bool
    stage: str
    stack: str | None
    region: str | None
    profile: str | None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which locks are asked for, and how they are shown."""

    targets: tuple[Target, ...] = ()
    everything: bool = False
    accounts: tuple[str, ...] = ()
    """Texts or patterns; the ID or the name of an account has to fit one of them."""
    stack: str = ""
    form: str = ""
    """``json``, ``csv``, or "" for a table."""
    fail_over: timedelta | None = None

    @property
    def of_reaper(self) -> bool:
        """Return whether the targets are those of the deployed reaper."""
        return not self.targets and not self.everything

    def wants(self, account: Account) -> bool:
        """Return whether the locks of an account are asked for. The texts mean what they mean to ``/tflocks``."""
        return Query(accounts=self.accounts).fits_account(account)


def question(options: Options) -> Question:
    """Return what a command line asks.

    Raises:
        click.UsageError: it names something that is no bucket or table, or two things that exclude each other.
    """
    shape = form(as_json=options.as_json, as_csv=options.as_csv)
    try:
        targets = (*map(bucket_target, options.buckets), *map(table_target, options.tables))
    except StatePathError as error:
        raise click.UsageError(visible(str(error))) from error
    if "" in options.accounts:
        raise click.UsageError("--account: a part of an account's ID or name, or a pattern of all of it")
    if targets and options.everything:
        raise click.UsageError("either --all, or the buckets and tables that you name")
    return Question(
        targets=tuple(dict.fromkeys(targets)),
        everything=options.everything,
        accounts=tuple(text.lower() for text in options.accounts),
        stack=options.stack or f"tflock-reaper-{options.stage}",
        form=shape,
        fail_over=options.fail_over,
    )
