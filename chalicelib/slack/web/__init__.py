"""Call Slack's Web API: pace, refusals, the shapes of its answers."""
