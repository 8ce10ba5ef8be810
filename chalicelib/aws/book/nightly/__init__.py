"""What the functions of the night remember: the nights, and what the doctor saw."""
