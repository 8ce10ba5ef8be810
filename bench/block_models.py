"""``python -m bench.block_models``: what slack_sdk's models of Block Kit would cost beside the words as they are made.

One alert is put into words; then the same blocks are made of ``slack_sdk.models.blocks`` and checked by it.
"""

import timeit
from collections.abc import Callable
from datetime import timedelta

from slack_sdk.models.blocks import Block

from bench.measured import report
from chalicelib.core.alerts.alert import alert_for
from chalicelib.core.alerts.page import Page
from chalicelib.slack.words.messages import message
from tests.builders import TAKEN, a_lock, a_policy

_ROUNDS, _TIMES = 5, 1000


def main() -> None:
    """Measure both and print medians and 95th percentiles."""
    alert = alert_for(Page(lock=a_lock()), a_policy(), TAKEN + timedelta(hours=3), None)
    blocks = message(alert)[1]
    report("1,000 alerts put into words", _measured(lambda: message(alert)))
    report("their blocks by slack_sdk's models", _measured(lambda: _made(blocks)))


def _measured(act: Callable[[], object]) -> list[float]:
    return timeit.repeat(act, number=_TIMES, repeat=_ROUNDS)


def _made(blocks: list[dict[str, object]]) -> list[dict[str, object]]:
    return [block.to_dict() for block in Block.parse_all(blocks)]


if __name__ == "__main__":
    main()
