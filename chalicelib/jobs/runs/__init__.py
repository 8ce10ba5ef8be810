"""Share one run's time among its tasks."""
