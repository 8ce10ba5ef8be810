"""Test the alarms, the dashboard and the queries against what the application writes."""
