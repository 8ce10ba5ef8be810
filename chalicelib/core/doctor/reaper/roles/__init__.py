"""Whether each function may do what it does, and none may do what it never should."""
