"""Judge whether what a bucket tells arrives in the reaper's queue, for each way that it takes; pure."""

from collections.abc import Callable, Iterator
from typing import Any

from chalicelib.core.doctor.finding import Finding, Fix, green, grey, red, yellow
from chalicelib.core.doctor.pasted.shell import aws
from chalicelib.core.doctor.wiring.admission.fault import Fault
from chalicelib.core.doctor.wiring.admission.queue import DEPLOY, bus_lets_in, let_in
from chalicelib.core.doctor.wiring.case import Bus, Case, Queue, Rule, Way
from chalicelib.core.doctor.wiring.checks import DELIVERY, NOTIFICATION
from chalicelib.core.doctor.wiring.senders import EVENTS, S3
from chalicelib.core.doctor.wiring.topics import topic_faults
from chalicelib.core.doctor.wiring.ways import Heard


def delivery(case: Case, found: Heard, queue: Queue, bus: Bus) -> Iterator[Finding]:
    """Yield whether each way of a bucket leads to the queue. A broken one beside a sound one is yellow."""
    if not found.ways:
        yield grey(DELIVERY.id, case.subject, f"it sends the reaper nothing; see {NOTIFICATION.id}")
    faults = {way.called: list(_faults(case, way, queue, bus)) for way in found.ways}
    sound = frozenset[Any]().union(*(way.told for way in found.ways if not faults[way.called]))
    for way in found.ways:
        if sound != case.needed or not way.is_off:  # what is off beside a sound way is off on purpose
            yield from _judged(case, way, faults[way.called], yellow if sound == case.needed else red)


def _judged(case: Case, way: Way, faults: list[Fault], colour: Callable[..., Finding]) -> Iterator[Finding]:
    for fault in faults:
        seen = f"{way.called}: {fault.seen}"
        if fault.fix:
            yield colour(DELIVERY.id, case.subject, seen, fault.fix)
        else:
            yield grey(DELIVERY.id, case.subject, seen)
    if not faults:
        yield green(DELIVERY.id, case.subject, f"{way.called} leads to the queue")


def _faults(case: Case, way: Way, queue: Queue, bus: Bus) -> Iterator[Fault]:
    if not queue.exists:
        yield Fault(f"the queue {case.queue} does not exist", Fix(do="See the line `wiring.queue` of the reaper."))
    elif way.topic:
        yield from topic_faults(case, way.topic, queue)
    elif way.rule:
        yield from _of_rule(case, way.rule, queue, bus)
    else:
        yield from let_in(case, queue, (S3, case.arn, case.account), "the bucket")


def _of_rule(case: Case, rule: Rule, queue: Queue, bus: Bus) -> Iterator[Fault]:
    if not rule.enabled:
        yield Fault(f"the rule {rule.name} is disabled", _enabled(case.region, rule))
    if rule.target == case.bus:
        yield from bus_lets_in(case, bus)
    if rule.target == case.queue:
        yield from let_in(case, queue, (EVENTS, rule.arn, case.account), f"the rule {rule.name}")
    elif bus.rule is None:
        yield Fault(f"no rule of the bus {case.bus} sends to the queue", Fix(do=f"{DEPLOY} and a changed Description."))
    elif not bus.rule.enabled:
        yield Fault(f"the rule {bus.rule.name} of the reaper's bus is disabled", _enabled(case.parts.region, bus.rule))
    else:
        yield from let_in(case, queue, (EVENTS, bus.rule.arn, case.parts.account), "the bus")


def _enabled(region: str, rule: Rule) -> Fix:
    bus = rule.arn.split("rule/", 1)[-1].rpartition("/")[0] or None
    return Fix(
        do=f"Enable the rule {rule.name} in {region}.",
        cli=aws("events", "enable-rule", region=region, name=rule.name, event_bus_name=bus),
    )
