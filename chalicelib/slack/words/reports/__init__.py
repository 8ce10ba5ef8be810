"""The messages about the reaper's own work: a night in which not every target was swept, a weekly look."""
