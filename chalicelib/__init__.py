"""tflock-reaper: the map of this house.

A line of code knows its room: it decides (``core``), it orders (``jobs``), or it touches the world (``aws``,
``slack``).

==============  ============================================================================================
``core``        what the reaper knows and decides: pure, no clock, no environment, no SDK
``jobs``        what the reaper does, one module a job; reaches the world only through ``ports``
``ports``       the Protocols the jobs need, and the failures those may raise; ``book_ports`` has those of the
                reaper's memory
``aws``         everything that imports boto3 or powertools
``slack``       everything that knows Slack
``config``      ``reaper.toml`` -> typed ``Config``; ``policy_keys`` reads what makes a policy, ``toml_table`` one
                table, noting all its mistakes
``wiring``      the composition root: the only place that puts real things behind ports
==============  ============================================================================================

Imports point one way (``tests/test_imports.py`` holds it): ``app -> wiring, jobs, ports, core, aws.batches,
aws.notifications, slack.requests, slack.listings, slack.response_url``; ``wiring ->`` everything; ``config -> core``;
``aws, slack -> ports, core``; ``jobs -> ports, core``; ``ports -> core`` (``book_ports`` goes with ``ports``);
``core ->`` the standard library and msgspec. ``aws`` and ``slack`` never see each other, nor a job them. ``tflocks/``,
the operators' command line, imports ``core``, ``aws`` and the failures of ``ports``; nothing here imports it.
"""
