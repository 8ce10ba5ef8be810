"""The doctor's report: for people, as JSON, and its fixes alone."""
