"""Know locks: where a lock is kept, what it is, and which clock its age goes by."""
