"""Carry out what people click: may they, release, snooze, put back, the answer."""
