"""Give what all of Slack's messages are made of: text, blocks, buttons."""
