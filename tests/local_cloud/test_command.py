"""``/tflocks`` as a person types it."""

from urllib.parse import urlencode

import pytest

from chalicelib.core.clicks.list_query import PAGE
from demo.browser import Visitor
from demo.deployed import ALICE, BOB, DeployedReaper
from demo.waiting import wait_for
from tests.local_cloud.conftest import VERSIONED, channel_of
from tests.local_cloud.steps import APPLY, gone, let_go, page_of, send, take

KEY = "listed/network.tfstate"


def test_the_list_has_the_channel_s_locks_and_releases_one_for_those_who_may(
    reaper: DeployedReaper, visitor: Visitor
) -> None:
    take(reaper, KEY)
    take(reaper, "elsewhere/network.tfstate")
    visitor.visit(f"{reaper.slack.url}/#{channel_of('listed')}")
    visitor.become(BOB.id)
    visitor.enter("/tflocks")
    assert visitor.message("1 Terraform lock is held now", KEY).locator("button").count() == 0
    visitor.become(ALICE.id)
    visitor.enter("/tflocks all")
    everything = visitor.message("Terraform locks are held now")
    everything.get_by_text("elsewhere/network.tfstate").wait_for()
    visitor.enter("/tflocks")
    visitor.press_and_answer("release_lock", "1 Terraform lock is held now")
    visitor.message("was released by you")
    gone(reaper, KEY)
    visitor.enter("/tflocks")
    visitor.message("No Terraform lock is held now that this channel's routes cover")


def test_the_pages_of_a_list_are_turned_in_its_own_place(reaper: DeployedReaper, visitor: Visitor) -> None:
    keys = [f"listed/paged/{number:02}.tfstate" for number in range(PAGE + 1)]
    for key in keys:
        reaper.put_lock(VERSIONED, key, APPLY)
    for key in keys:
        wait_for(f"the book has the lock of {key}", lambda: page_of(reaper, key, VERSIONED))  # noqa: B023  called at once
    visitor.visit(f"{reaper.slack.url}/#{channel_of('listed')}")
    visitor.become(BOB.id)
    visitor.enter("/tflocks all PAGED/")
    visitor.press("list_next", "16 Terraform locks are held now", "1 to 15 of 16", "listed/paged/00")
    visitor.message("16 to 16 of 16", "listed/paged/")
    assert visitor.page.locator("article.message").filter(has_text="16 Terraform locks are held now").count() == 1
    visitor.press("list_previous", "16 to 16 of 16")
    visitor.message("1 to 15 of 16")
    visitor.enter("/tflocks all paged/ page 2")
    visitor.message("16 to 16 of 16")
    let_go(reaper, *keys)


@pytest.mark.parametrize(
    ("fields", "headers", "status"),
    [
        ({}, {}, 200),
        ({}, {"X-Slack-Signature": "v0=" + "0" * 64}, 401),
        # In words, which tests/app/test_commands.py reads.
        ({"team_id": "T0OTHER"}, {}, 200),
        ({"api_app_id": "A0OTHER"}, {}, 200),
    ],
    ids=["ours", "unsigned", "another workspace", "another app"],
)
def test_slack_s_own_requests_are_answered_and_no_others(
    reaper: DeployedReaper, fields: dict[str, str], headers: dict[str, str], status: int
) -> None:
    form = {"team_id": "T0DEMO", "api_app_id": "A0DEMO", "user_id": ALICE.id, "channel_id": "C0LISTED", "text": ""}
    body = urlencode(form | fields).encode()
    assert send(reaper.slack.command_url, body, reaper.slack.signed_request(body) | headers) == status
