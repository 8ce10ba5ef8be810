"""Print bills side by side, with what was assumed for them."""

from bench.metered import LATENCY, MEMORY_MB, Bill
from bench.prices import ALL, EVENTBRIDGE_EVENT, MILLION, READ_UNIT, SQS_REQUEST, WRITE_UNIT

_EVENTS = 2
"""Parts of a cycle's bill."""
_LETTERS = "ABCDEFGH"
_SERVICES = list(dict.fromkeys(price.service for price in ALL))


def tell(bills: list[Bill]) -> None:
    """Print the bills: the first one is ours at its best, all others are shown as multiples of it."""
    named = list(zip(_LETTERS, bills, strict=False))
    for letter, bill in named:
        print(f"{letter}  {bill.name}")
    _row("dollars for a million lock cycles", [letter for letter, _ in named])
    for service in _SERVICES:
        _row(service, [f"{sum(bill.dollars(p) for p in ALL if p.service == service):.2f}" for bill in bills])
    _row("together", [f"{bill.total:.2f}" for bill in bills])
    _row("times the first", [f"{bill.total / bills[0].total:.2f}" for bill in bills])
    _row("messages an invocation", [f"{bill.fill:.1f}" for bill in bills])
    _row("lines missing or wrong, of 100", [f"{50 * bill.untold / bill.cycles:.1f}" for bill in bills])
    _tell_assumptions(bills)
    for letter, bill in named:
        print(f"a cycle of {letter}: {_calls(bill)}")


def tell_often(busy: Bill, often: Bill, remembered: float) -> None:
    """Print how the cost changes for a state that is locked often, so that more of its locks are remembered."""
    more = often.dollars(READ_UNIT) - busy.dollars(READ_UNIT)
    print(f"with {remembered:.0f} locks of a state remembered on average, for reading them: ${more:+.2f}")


def _row(what: str, cells: list[str]) -> None:
    print(f"{what:<36}" + "".join(f"{cell:>9}" for cell in cells))


def _tell_assumptions(bills: list[Bill]) -> None:
    waits = ", ".join(f"{service} {1000 * seconds:.0f} ms" for service, seconds in LATENCY.items())
    print(f"assumed: {MEMORY_MB} MB, a call takes {waits}; other assumptions, and what was measured:")
    for what, latency, memory_mb in (("half", 0.5, MEMORY_MB), ("twice", 2, MEMORY_MB), ("the same", 1, 256)):
        _row(f"  calls take {what}, {memory_mb} MB", [f"{bill.total_with(latency, memory_mb):.2f}" for bill in bills])
    _row("  a receive for each batch", [f"{bill.total - _receives_saved(bill):.2f}" for bill in bills])
    bridged = EVENTBRIDGE_EVENT.for_number(_EVENTS * MILLION)
    _row("  S3's events through EventBridge", [f"{bill.total + bridged:.2f}" for bill in bills])
    _row("  ms of a CPU a cycle", [f"{1000 * bill.cpu_seconds / bill.cycles:.1f}" for bill in bills])


def _calls(bill: Bill) -> str:
    calls = [f"{number / bill.cycles:.1f} {call}" for call, number in sorted(bill.calls.items())]
    units = [f"{bill.per_million(price) / MILLION:.1f} {price.what}" for price in (WRITE_UNIT, READ_UNIT, SQS_REQUEST)]
    return ", ".join([*calls, *units])


def _receives_saved(bill: Bill) -> float:
    """Return what a million cycles save if Lambda's pollers receive as many messages at once as a batch has."""
    saved = (bill.messages - bill.invocations) / bill.cycles if SQS_REQUEST in bill.used else 0
    return SQS_REQUEST.for_number(saved * MILLION)
