"""Stand in for the neighbours of the jobs, in memory."""
