"""Share the time of one run among its tasks."""
