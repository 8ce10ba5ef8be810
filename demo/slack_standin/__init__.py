"""Stand in for Slack, without an account: its Web API, its signed requests, and a page to look at.

``model`` is what it knows, ``board`` the messages, ``web_api`` a call of the Web API, ``chat``, ``conversations`` and
``people`` its methods, ``block_rules`` and ``shapes`` Block Kit's limits, ``failures`` the arranged and the rate-limit
failures, ``clicks`` and ``commands`` what Slack tells the app, ``outgoing`` how, ``responses`` the answers to
``response_url``, ``mentions`` whom a message concerns, ``server`` the HTTP, ``standin`` the whole, ``page/`` what the
browser gets.
"""

from demo.slack_standin.model import SCOPES, Call, Channel, Message, User, UserGroup, Workspace
from demo.slack_standin.outgoing import NO_ANSWER
from demo.slack_standin.standin import SlackStandIn

__all__ = ["NO_ANSWER", "SCOPES", "Call", "Channel", "Message", "SlackStandIn", "User", "UserGroup", "Workspace"]
