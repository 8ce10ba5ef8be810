"""Begin a night, and sum it up when its targets have told."""
