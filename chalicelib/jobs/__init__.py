"""Do the reaper's work, one module a job. Jobs reach the world only through ``chalicelib.ports``."""
