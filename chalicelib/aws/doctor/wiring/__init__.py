"""Looks at how the reaper hears of locks: what buckets tell, what passes it on, and what Lambda reads."""

from chalicelib.aws.doctor.wiring.buckets import bucket_wiring
from chalicelib.aws.doctor.wiring.reading import reaper_wiring, table_wiring

__all__ = ["bucket_wiring", "reaper_wiring", "table_wiring"]
