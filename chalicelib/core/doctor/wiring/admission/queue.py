"""Judge whether the reaper's queue and bus let somebody in, and say how they are made to; pure."""

from collections.abc import Iterator

from chalicelib.core.doctor.finding import Fix
from chalicelib.core.doctor.iam.verdict import Standing
from chalicelib.core.doctor.wiring.admission.fault import Fault
from chalicelib.core.doctor.wiring.admission.key import key_lets_in
from chalicelib.core.doctor.wiring.case import Bus, Case, Queue
from chalicelib.core.doctor.wiring.senders import (
    PUT_EVENTS,
    S3,
    SEND,
    SNS,
    lets_in,
    lets_in_too,
    puts_events,
    sends,
    set_bus_policy,
    set_policy,
)

DEPLOY = "`make deploy` with the values of the last time"


def let_in(case: Case, queue: Queue, sender: tuple[str, str, str], called: str) -> Iterator[Fault]:
    """Yield that the queue's policy does not let in a service on behalf of something in an account."""
    service, source, account = sender
    request = sends(SEND, case.queue, source, account, case.parts.parameters.get("OrganizationId", ""))
    standing = lets_in(queue.policy, service, request)
    if standing is Standing.UNSURE:
        yield Fault(f"whether the queue's policy lets {called} send cannot be judged")
    elif standing is Standing.DENIED:
        yield Fault(
            f"the queue's policy denies {called} to send",
            Fix(
                do=f"Take the statement that denies {service} out of the policy of the queue: "
                f"it is none of the reaper's stack; {DEPLOY} does not remove it."
            ),
        )
    elif standing is Standing.NOT_ALLOWED:
        yield Fault(f"the queue's policy does not let {called} send", _let(case, queue, sender))
    if queue.own_key:
        yield from key_lets_in(queue.own_key, service, called)


def _let(case: Case, queue: Queue, sender: tuple[str, str, str]) -> Fix:
    service, source, account = sender
    whole = lets_in_too(queue.policy, case.parts)
    again = f"Give the queue the policy of the reaper's stack back ({case.parts.stack}); what else it has stays."
    organization = case.parts.parameters.get("OrganizationId", "")
    if lets_in(whole, service, sends(SEND, case.queue, source, account, organization)) is Standing.ALLOWED:
        return Fix(do=again, cli=set_policy(case.parts, whole))
    if service == S3:
        return Fix(
            do=f'Name the bucket in `[[targets]]` of reaper.toml, with `account = "{account}"` if that is not the '
            "reaper's, and `make deploy`. The command lets it in until then.",
            cli=set_policy(case.parts, lets_in_too(queue.policy, case.parts, source, account)),
        )
    if service == SNS:
        return Fix(
            do=f'Let the topic send: `make deploy` with PARAMETERS="LockEventTopicArns={source}" beside what you give '
            "it otherwise; several topics have commas between."
        )
    return Fix(
        do=f"Name the rule {case.named}, or {case.named}. and more, as the queue's policy asks: make it again under "
        "such a name with the same pattern and target, then delete this one."
    )


def bus_lets_in(case: Case, bus: Bus) -> Iterator[Fault]:
    """Yield that the reaper's bus does not take events of the bucket's account."""
    if case.account == case.parts.account:
        return
    request = puts_events(case.bus, case.parts.parameters.get("OrganizationId", ""))
    standing = lets_in(bus.policy, case.account, request)
    if standing is Standing.UNSURE:
        yield Fault(f"whether the policy of the bus lets the account {case.account} in cannot be judged")
    elif standing is not Standing.ALLOWED:
        yield Fault(
            f"the policy of the bus {case.bus} does not let the account {case.account} in",
            Fix(
                do=f'Name the bucket in `[[targets]]` of reaper.toml with `account = "{case.account}"`, and {DEPLOY}. '
                f"The command lets the account in until then ({PUT_EVENTS}).",
                cli=set_bus_policy(case.parts, bus.policy, case.account),
            ),
        )
