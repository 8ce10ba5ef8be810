"""Whether the reaper's queue, its key and its bus let in what sends lock events."""
