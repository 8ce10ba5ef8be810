"""Test the stack, its policies and the programs that deploy it."""
