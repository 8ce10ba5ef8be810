"""What the reaper knows and decides: pure, no clock, no environment, no SDK."""
