"""End-to-end tests on the local cloud: the packaged application, the real terraform, a real browser."""
