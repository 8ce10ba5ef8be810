"""A Slack app as bolt-python's documentation builds it on Chalice, in the smallest form that does what ours does.

It answers a click at once and has another invocation do the work (a lazy listener). It reads its secrets from the
environment, which saves it a call that ours makes.
"""

# mypy: ignore-errors

import os

from chalice.app import Chalice, Response
from slack_bolt import App
from slack_bolt.adapter.aws_lambda.chalice_handler import ChaliceSlackRequestHandler
from slack_sdk import WebClient

bolt = App(
    client=WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
    signing_secret=os.environ["SLACK_SIGNING_SECRET"],
    process_before_response=True,
    token_verification_enabled=False,
)
app = Chalice(app_name="bolt")
handler = ChaliceSlackRequestHandler(app=bolt, chalice=app)


def acknowledge(ack):
    """Answer Slack at once."""
    ack()


def release(body):
    """Do nothing: what the later invocation does is not measured."""


bolt.action("release_lock")(ack=acknowledge, lazy=[release])


@app.route("/slack/actions", methods=["POST"], content_types=["application/x-www-form-urlencoded"])
def slack_actions() -> Response:
    """Hand a click to Bolt."""
    return handler.handle(app.current_request)
