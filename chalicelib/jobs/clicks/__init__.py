"""Carry out what people click: check whether they may, release, snooze, put back, answer."""
