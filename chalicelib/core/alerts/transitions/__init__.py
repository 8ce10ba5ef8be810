"""The rules of the lock book: one pure function for each change of a page, which returns the change as data."""
