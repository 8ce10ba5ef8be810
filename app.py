"""The application as Chalice packages it: all functions. In AWS each starts from its own module (``entries``)."""

from chalicelib.entries import clicks, doctor, events, logger, nights, releases, streams, sweeps, watches
from chalicelib.entries.clicks import answer_click
from chalicelib.entries.doctor import examine_setup
from chalicelib.entries.events import record_lock_event
from chalicelib.entries.nights import nightly_sweep
from chalicelib.entries.releases import release_lock
from chalicelib.entries.slack import app
from chalicelib.entries.streams import table_changed
from chalicelib.entries.sweeps import sweep_target
from chalicelib.entries.watches import watch_locks

__all__ = [
    "answer_click",
    "app",
    "examine_setup",
    "logger",
    "nightly_sweep",
    "record_lock_event",
    "release_lock",
    "sweep_target",
    "table_changed",
    "watch_locks",
]

for module in (nights, sweeps, watches, doctor, events, streams, releases, clicks):
    app.register_blueprint(module.entry)
