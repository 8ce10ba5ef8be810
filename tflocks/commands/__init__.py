"""The commands: what is asked for, checked, and carried out."""
