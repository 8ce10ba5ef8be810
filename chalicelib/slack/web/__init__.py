"""Call Slack's Web API: keep its pace, read its answers, understand its refusals."""
