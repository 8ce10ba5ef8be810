"""What the command lines of several commands have in common, checked."""
