"""Genuine samples of what each release writes for itself to read later, and what the code of today makes of them.

``1.0.0`` and the folders beside it have the samples: orders, messages with their buttons, items of the lock book, lines
of the journal, checked rules. ``python -m tests.released.record VERSION`` records those of one version. The modules
``orders``, ``pages``, ``memory``, ``messages`` and ``lines`` say what is written, each thing by its name; a sample is
understood when the thing of its name is read.
"""
