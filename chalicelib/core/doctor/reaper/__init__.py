"""Whether the deployed reaper can do what it is there for."""
