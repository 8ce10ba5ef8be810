"""Find the reaper that is deployed in this account and region, by the name of its CloudFormation stack."""

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.aws.book.rules_book import DynamoRulesBook
from chalicelib.aws.errors_in_words import in_words
from chalicelib.checked_rules import CheckedRulesError, Config, decode
from chalicelib.core.alerts.page import Page
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.ports.book import BookError
from tflocks.live.aws import Aws
from tflocks.live.targets import with_found
from tflocks.locks.elsewhere import elsewhere

_NO_RULES = "its first watch, within 15 minutes of its deployment, stores them"


class NoReaperError(Exception):
    """No deployed reaper was found; the message says why."""


class Reaper(msgspec.Struct, frozen=True, kw_only=True):
    """A deployed reaper, as the outputs of its stack tell."""

    stack: str
    book: str
    """The name of its lock book's table."""
    log_group: str
    click_queue: str
    event_queue: str
    """The ARN of the queue that buckets tell of their locks."""


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """What a deployed reaper knows, as far as an operator may read it."""

    rules: Rules | None = None
    pages: tuple[Page, ...] = ()
    gaps: tuple[str, ...] = ()
    """What could not be read, and why."""


def find_reaper(aws: Aws, stack: str) -> Reaper:
    """Return the reaper of a stack.

    Raises:
        NoReaperError: there is none, or the operator may not ask.
    """
    return _reaper(stack, _where(aws, stack), outputs_of(aws, stack))


def slack_urls(aws: Aws, stack: str) -> tuple[str, str]:
    """Return where the API of a stack takes clicks, and where it takes slash commands.

    Raises:
        NoReaperError: there is no such stack, it is not a whole reaper, or the operator may not ask.
    """
    outputs = outputs_of(aws, stack)
    try:
        return outputs["SlackActionsUrl"], outputs["SlackCommandsUrl"]
    except KeyError as error:
        raise _not_whole(_where(aws, stack), error) from error


def outputs_of(aws: Aws, stack: str) -> dict[str, str]:
    """Return the outputs of a stack by their names.

    Raises:
        NoReaperError: there is none, or the operator may not ask.
    """
    where = _where(aws, stack)
    try:
        [found] = aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        told = error.response.get("Error", {})
        if told.get("Code") == "ValidationError" and "exist" in str(told.get("Message")):
            raise NoReaperError(f"no reaper is deployed here: there is no {where}") from error
        raise NoReaperError(f"{where}: {in_words('CloudFormation', error)}") from error
    except (BotoCoreError, ValueError) as error:
        raise NoReaperError(f"{where}: {in_words('CloudFormation', error)}") from error
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def _where(aws: Aws, stack: str) -> str:
    return f"stack {stack} in {aws.region}"


def _not_whole(where: str, lacking: KeyError) -> NoReaperError:
    return NoReaperError(f"{where} is not a whole reaper: it has no output {lacking}")


def _reaper(stack: str, where: str, outputs: dict[str, str]) -> Reaper:
    try:
        return Reaper(
            stack=stack,
            book=outputs["LockBookTable"],
            log_group=outputs["LogGroupName"],
            click_queue=outputs["ClickQueueUrl"],
            event_queue=outputs["LockEventsQueueArn"],
        )
    except KeyError as error:
        raise _not_whole(where, error) from error


def ask(reaper: Reaper, aws: Aws) -> Knowledge:
    """Return what the reaper knows: its rules, and the pages of all locks that it has seen held."""
    rules, gap = _rules_with_found(reaper, aws)
    pages: list[Page] = []
    gaps = [gap] if gap else []
    try:
        pages = DynamoLockBook(aws.table(reaper.book)).open_pages()
    except BookError as error:
        gaps.append(f"what the reaper has told people is not known: {error}")
    return Knowledge(rules=rules, pages=tuple(pages), gaps=tuple(gaps))


def targets_of(reaper: Reaper, aws: Aws) -> tuple[tuple[Target, ...], str]:
    """Return the reaper's targets, each with the ID of its account, and why they could not be read."""
    rules, gap = _rules_with_found(reaper, aws)
    if rules is None:
        return (), gap
    owners = (rules.account_of(target.place("")) for target in rules.targets)
    pairs = zip(rules.targets, owners, strict=True)
    return tuple(msgspec.structs.replace(target, account=owner) for target, owner in pairs), gap


def _rules_with_found(reaper: Reaper, aws: Aws) -> tuple[Rules | None, str]:
    """Return the rules with all targets, and what of them could not be read, and why."""
    rules, gap = rules_of(reaper, aws)
    return with_found(rules, reaper.book, aws) if rules else (None, gap)


def rules_of(reaper: Reaper, aws: Aws) -> tuple[Rules | None, str]:
    """Return the rules with the targets that the configuration names, and why they could not be read."""
    config, gap = config_of(reaper, aws)
    return config.rules if config else None, gap


def config_of(reaper: Reaper, aws: Aws) -> tuple[Config | None, str]:
    """Return the configuration that runs, with its rules at home, and why it could not be read."""
    try:
        stored = DynamoRulesBook(aws.table(reaper.book)).rules()
        if stored is None:
            return None, f"the reaper's targets and thresholds are not known: it has not stored them yet; {_NO_RULES}"
        region, account = reaper.event_queue.split(":")[3:5]
        config = decode(stored)
        return msgspec.structs.replace(config, rules=config.rules.at_home(account, region)), ""
    except BookError as error:
        return None, f"the reaper's targets and thresholds are not known: {error}"
    except CheckedRulesError:
        told = "they are of another version than this tflocks; install the version that is deployed"
        return None, f"the reaper's targets and thresholds cannot be read: {told}"


def as_ruled(target: Target, rules: Rules | None, here: str, *, named: bool = True) -> Target:
    """Return a target as the reaper knows it: a table's region is a part of the names of its places.

    A table that was ``named`` without a region may be the reaper's in another region than ``here``. One that was found
    in a region is that one and no other of the same name. A table of another account is never meant.
    """
    known = [one for one in (rules.targets if rules else ()) if one.called == target.called]
    known = [one for one in known if elsewhere(one.place(""), rules) is None]
    in_region = [one for one in known if (one.region or here) == (target.region or here)]
    chosen = in_region or (known if named else [])
    return msgspec.structs.replace(target, region=chosen[0].region, account=chosen[0].account) if chosen else target
