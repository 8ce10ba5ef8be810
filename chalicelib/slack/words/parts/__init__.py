"""Make the parts of all messages: text, blocks, buttons."""
