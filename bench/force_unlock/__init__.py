"""``python -m bench.force_unlock``: what ``terraform force-unlock`` cannot release, side by side with the reaper.

``leftovers`` are the locks that runs can leave behind, ``by_terraform`` and ``by_reaper`` release each of them really,
``place`` has what both look at, ``record`` keeps what was seen, and ``table`` writes it into ``docs/migration.md``.
"""
