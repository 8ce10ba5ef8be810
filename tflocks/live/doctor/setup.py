"""Find out what there is to look at: the deployed reaper with its parts, its rules and its targets."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from chalicelib.aws.doctor.parts import parts_of
from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.checked_rules import Config
from chalicelib.core.doctor.finding import Finding, green, grey
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reach.checks import RULES, STACK
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.ports.doctor import NotAllowedError, NotKnownError
from tflocks.live.aws import Aws
from tflocks.live.reaper import Reaper, config_of
from tflocks.live.targets import with_found

_Value = TypeVar("_Value")
_READ_BOOK = "dynamodb:GetItem"
_DENIED = "denies it"
"""What the text of each error says that is a denial (``aws.errors_in_words``)."""


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the deployed reaper before anything is looked at. Without one, nothing is."""

    subject: str = ""
    """The reaper, as people call it."""
    parts: Parts | None = None
    config: Config | None = None
    """The configuration that runs, as its package has it."""
    rules: Rules | None = None
    """Its rules, with the targets that the target rules found."""
    findings: tuple[Finding, ...] = ()

    @property
    def whole(self) -> Config | None:
        """Return the configuration that runs, with the targets that the target rules found."""
        return msgspec.structs.replace(self.config, rules=self.rules) if self.config and self.rules else None

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts that have targets or are searched for them."""
        searched = self.rules.discoveries if self.rules else ()
        return (*(one.account for one in self.targets), *(one for rule in searched for one in rule.accounts))

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return the reaper's targets, each with the ID of its account."""
        rules = self.rules
        if rules is None:
            return ()
        owned = ((target, rules.account_of(target.place(""))) for target in rules.targets)
        return tuple(msgspec.structs.replace(target, account=owner) for target, owner in owned)


def reach_of(aws: Aws, region: str = "") -> Reach:
    """Return what the doctor can ask with a session, in a region. Raises StoreError: AWS does not say whose it is."""
    here = region or aws.region
    partition = str(aws.client("sts").meta.partition)
    return Reach(lambda service, where: aws.client(service, where or here), aws.account, here, partition)


def setup_of(reaper: Reaper, aws: Aws) -> Setup:
    """Return what can be known of a deployed reaper. What cannot is a grey finding."""
    subject = f"reaper {reaper.stack}"
    parts, of_parts = _known(subject, lambda: parts_of(reaper.stack, reach_of(aws)))
    config, gap = config_of(reaper, aws)
    rules, not_found = with_found(config.rules, reaper.book, aws) if config else (None, gap)
    of_rules = (
        grey(RULES.id, subject, not_found, _lacking(not_found))
        if not_found
        else green(RULES.id, subject, "can be read")
    )
    return Setup(subject=subject, parts=parts, config=config, rules=rules, findings=(of_parts, of_rules))


def _lacking(gap: str) -> str:
    """Return the right that a gap is due to; "": it is no matter of rights."""
    return _READ_BOOK if _DENIED in gap else ""


def bot_token(parts: Parts, reach: Reach) -> str:
    """Return Slack's bot token, as the functions read it. Raises NotAllowedError and NotKnownError."""
    ssm, name = reach.client("ssm", ""), parts.parameters["SlackBotTokenParameter"]
    answer = asked("SSM", "ssm:GetParameter", lambda: ssm.get_parameter(Name=name, WithDecryption=True))
    return str(answer["Parameter"]["Value"])


def _known(subject: str, read: Callable[[], _Value]) -> tuple[_Value | None, Finding]:
    try:
        return read(), green(STACK.id, subject, "can be read")
    except NotAllowedError as error:
        return None, grey(STACK.id, subject, str(error), error.right)
    except NotKnownError as error:
        return None, grey(STACK.id, subject, str(error))
