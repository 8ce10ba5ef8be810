"""What the reaper does, one module a job; the world is reached only through ``chalicelib.ports``."""
