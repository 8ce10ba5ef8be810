"""One contract test a port, run on every implementation of it."""
