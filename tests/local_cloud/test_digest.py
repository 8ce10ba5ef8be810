"""Many at once."""

from demo.deployed import DeployedReaper
from tests.local_cloud.conftest import VERSIONED, channel_of
from tests.local_cloud.steps import APPLY, click, gone, says

KEYS = [f"digest/{number}.tfstate" for number in range(8)]


def test_eight_locks_at_once_are_one_digest_with_a_thread_message_each_that_releases_its_own_lock(
    reaper: DeployedReaper,
) -> None:
    for key in KEYS:
        reaper.put_lock(VERSIONED, key, APPLY)
    alerts = {key: reaper.alert_of(VERSIONED, key) for key in reversed(KEYS)}
    reaper.watch()
    [digest] = [one for one in reaper.slack.messages(channel_of("digest")) if one.thread_ts is None]
    assert "8 Terraform locks are held too long" in digest.text
    assert len(reaper.slack.replies(digest.channel, digest.ts)) == len(KEYS)
    assert {alert.thread_ts for alert in alerts.values()} == {digest.ts}
    calls = [call for call in reaper.slack.calls() if call.arguments.get("channel") == digest.channel]
    assert {call.status for call in calls} == {200}
    for key, alert in alerts.items():
        click(reaper, alert)
        gone(reaper, key)
        says(reaper, alert, "Released by <@U0ALICE>")
