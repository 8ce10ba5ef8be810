"""The rules of the lock book: every change of a page, each made by one pure function as plain data."""
