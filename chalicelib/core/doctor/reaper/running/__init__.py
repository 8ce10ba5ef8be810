"""Whether the functions run when they should, and whether anybody hears when they do not."""
