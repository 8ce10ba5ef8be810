"""The README's picture: ``python -m demo.picture docs/alert.png`` posts an alert to the stand-in and photographs it."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chalicelib.core.alert import LockRecord, StateWritten, alert_for
from chalicelib.core.lock import LockRef, Risk, StateLock, read_body
from chalicelib.core.policy import Policy
from chalicelib.slack.messenger import SlackMessenger
from demo.browser import a_visitor, find_browser
from demo.deployed import ALICE, CHANNEL, demo_workspace
from demo.slack_standin import SlackStandIn
from demo.story import SAMPLES

_HELD = timedelta(hours=26, minutes=12)
_WROTE_FOR = timedelta(minutes=7)


def main(path: Path) -> None:
    """A genuine lock, held since yesterday by a run that wrote for seven minutes."""
    program = find_browser()
    if not program:
        raise SystemExit("no Chromium or Chrome on the PATH")
    now = datetime.now(UTC)
    taken = now - _HELD
    ref = LockRef("acme-tfstate", "prod/network/terraform.tfstate.tflock", '"e0d212f92bb8cad607b4e7d4129ff96f"', taken)
    lock = StateLock(ref, read_body((SAMPLES / "s3-apply-default.tflock.json").read_bytes()))
    hours = tuple(timedelta(hours=count) for count in (2, 24))
    policy = Policy(channel=CHANNEL.id, releasers=(ALICE.id,), thresholds=dict.fromkeys(Risk, hours))
    alert = alert_for(LockRecord(lock=lock), policy, now, StateWritten(taken + _WROTE_FOR))
    with SlackStandIn(demo_workspace()) as slack, a_visitor(program) as visitor:
        SlackMessenger(lambda: slack.workspace.bot_token, slack.api_url).post(CHANNEL.id, alert)
        visitor.visit(slack.url)
        visitor.message("Terraform lock held").screenshot(path=path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
