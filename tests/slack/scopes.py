"""Which scopes each method of Slack's Web API asks for."""

SCOPES: dict[str, set[str]] = {
    "auth_test": set(),
    "bots_info": {"users:read"},
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_replies": {"channels:history", "groups:history"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "users_lookupByEmail": {"users:read", "users:read.email"},
}
"""By the methods' pages on docs.slack.dev; of conversations only channels, for an alert goes to no direct message."""
