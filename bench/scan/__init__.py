"""Measure the scan for locks beside other tools, over the same bytes, in one run."""
