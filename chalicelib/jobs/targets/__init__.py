"""Look for the targets that target rules name, and know them between two nights."""
