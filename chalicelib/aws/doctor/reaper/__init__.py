"""Looks at the parts of a deployed reaper: roles, secrets, queues, functions, alarms, rules, and what it keeps."""
