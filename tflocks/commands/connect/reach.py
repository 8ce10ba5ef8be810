"""Find out which buckets are meant, and to which queue or topic each can send."""

from collections.abc import Iterable

import click
import msgspec

from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.visible import visible
from tflocks.commands.connect.question import Act, Question
from tflocks.live.aws import Aws
from tflocks.live.connecting import ConnectError
from tflocks.live.operator import OperatorError, operator
from tflocks.live.reaper import NoReaperError, find_reaper, targets_of
from tflocks.words import counted

_HOW = "docs/operating.md, Events from elsewhere"


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known before a bucket is asked."""

    account: str
    """The account of the operator's credentials."""
    queue: str
    """The ARN of the reaper's queue; "": not known."""
    topics: dict[str, str]
    targets: dict[str, Target]
    """The reaper's targets that are buckets, by name, each with its account's ID."""
    buckets: dict[str, tuple[str, ...]]
    """Each bucket that is meant, with its prefixes."""
    notes: tuple[str, ...] = ()

    def destination(self, region: str) -> str:
        """Return the ARN to which a bucket of a region sends.

        Raises:
            ConnectError: S3 only notifies within a region, and there is no queue or topic in this one.
        """
        if region in self.topics:
            return self.topics[region]
        home = self.queue.split(":")[3]
        if region != home:
            raise ConnectError(
                f"the bucket is in {region}, the queue in {home}, and S3 only notifies within a region. Two ways lead "
                "there: --topic with the ARN of a topic in the bucket's region, which also tells who takes a lock; or "
                f"EventBridge, which does not ({_HOW}: deploy/events-from-elsewhere.yaml has both)"
            )
        return self.queue

    def check_account(self, bucket: str) -> None:
        """Raise ConnectError when the reaper knows that a bucket is in another account than the credentials."""
        target = self.targets.get(bucket)
        if target and target.account.id not in ("", self.account):
            raise ConnectError(
                f"the bucket is in account {target.account.called}, your credentials are of {self.account}: "
                "name a --profile of its account, and the reaper's by --reaper-profile"
            )


def reach(asked: Question, aws: Aws, reapers: Aws) -> Reach:
    """Return which buckets are meant and where they can send to. ``reapers``: with credentials for the reaper's stack.

    Raises:
        click.ClickException: without the reaper, what is asked cannot be done.
    """
    try:
        account = operator(aws).split(":")[4]
    except OperatorError as error:
        raise click.ClickException(visible(str(error))) from error
    queue, targets, notes = _reaper(asked, reapers)
    found = {target.container: target for target in targets if target.kind is Kind.S3}
    mine = [one for one in found.values() if one.account.id == account]
    if asked.everything:
        notes = [*notes, *_others(found.values(), mine)]
    return Reach(
        account=account,
        queue=queue,
        topics=asked.topics,
        targets=found,
        buckets=_all(mine, account, notes) if asked.everything else _named(asked.buckets, found),
        notes=tuple(notes),
    )


def _reaper(asked: Question, reapers: Aws) -> tuple[str, tuple[Target, ...], list[str]]:
    """Return the queue, the targets, and what is not known. Who names the queue needs no reaper."""
    if asked.queue:
        return asked.queue, (), []
    try:
        reaper = find_reaper(reapers, asked.stack)
    except NoReaperError as error:
        if asked.act is Act.DISCONNECT and not asked.everything:
            return "", (), [f"{error}; so nobody knows whether the notifications are those of this stage"]
        needed = "in another account: --reaper-profile; or name its queue: --queue"
        raise click.ClickException(visible(f"{error}. The reaper is {needed}")) from error
    targets, gap = targets_of(reaper, reapers)
    return reaper.event_queue, targets, [gap] if gap else []


def _named(asked: dict[str, tuple[str, ...]], found: dict[str, Target]) -> dict[str, tuple[str, ...]]:
    """Return the named buckets, with the prefixes of their targets where the command line gives none."""
    return {
        name: prefixes or (found[name].prefixes if name in found else ()) for name, prefixes in sorted(asked.items())
    }


def _all(mine: list[Target], account: str, notes: list[str]) -> dict[str, tuple[str, ...]]:
    if not mine:
        told = "".join(f"; {note}" for note in notes)
        raise click.ClickException(visible(f"no bucket of the reaper's targets is known to be in {account}{told}"))
    return {target.container: target.prefixes for target in sorted(mine, key=lambda one: one.container)}


def _others(found: Iterable[Target], mine: list[Target]) -> list[str]:
    others = [target.account.called for target in found if target not in mine]
    if not others:
        return []
    where = ", ".join(sorted(set(others)))
    return [f"not looked at: {counted(len(others), 'bucket')} in other accounts ({where}), each by its own --profile"]
