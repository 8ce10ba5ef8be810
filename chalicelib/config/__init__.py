"""Read ``reaper.toml`` into checked rules, with errors that name key, value and expectation."""
