"""Whether the reaper hears of each lock."""
