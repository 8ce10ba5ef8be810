"""The doctor: what is checked of a set-up, and what a look at it means. One folder for each area of checks."""
