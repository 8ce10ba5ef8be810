"""A Slack stand-in: Slack's Web API, its signed clicks and a page to look at, on this machine, no account needed.

``model`` is what it knows, ``board`` the messages, ``web_api`` the methods and their errors, ``block_rules`` and
``shapes`` Block Kit's limits, ``failures`` the arranged and the rate-limit failures, ``clicks`` the signed requests to
the app, ``server`` the HTTP, ``standin`` the whole, ``page/`` what the browser gets.
"""

from demo.slack_standin.clicks import NO_ANSWER
from demo.slack_standin.model import Call, Channel, Message, User, Workspace
from demo.slack_standin.standin import SlackStandIn

__all__ = ["NO_ANSWER", "Call", "Channel", "Message", "SlackStandIn", "User", "Workspace"]
