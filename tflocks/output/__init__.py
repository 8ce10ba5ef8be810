"""Show holds: tables, files, pictures."""
