"""tflock-reaper: the map of this house.

A line of code knows its room: it decides (``core``), it orders (``jobs``), or it touches the world (``aws``,
``slack``).

==================  ==========================================================================================
``core``            what the reaper knows and decides: pure, no clock, no environment, no SDK
``core.locks``      where a lock is kept, what it is, whose word it goes by; ``terraform`` is all that is Terraform's
``core.alerts``     the table from what is known of a lock to the next step, its page in the lock book, what is said;
                    ``transitions`` are the lock book's rules
``core.clicks``     who may do what, and how it ended
``core.audit``      what AWS told, which hold it began or ended, the journal's lines
``ports``           the Protocols that the jobs need, and the failures that those may raise
``jobs``            what the reaper does; reaches the world only through ``ports``
``jobs.alerts``     carries out the table for each lock
``jobs.clicks``     carries out what people click
``jobs.runs``       shares one run's time among its tasks
``aws``             everything that imports boto3 or powertools
``aws.locks``       the places where locks are kept, one module a kind
``aws.events``      translates the payloads of AWS's events; pure
``aws.orders``      what one function leaves for another: its form on the wire, and its queue
``aws.book``        the reaper's memory, in its one DynamoDB table
``slack``           everything that knows Slack: requests in, messages out
``slack.web``       calls of Slack's Web API
``slack.words``     every word that Slack shows; pure
``config``          ``reaper.toml`` -> checked rules; only packaging uses it, so that it is not in the package
``checked_rules``   the file that carries the checked rules from packaging to the functions
``wiring``          the composition root: the only place that puts real things behind ports
==================  ==========================================================================================

Imports point one way (``tests/test_imports.py`` holds it): ``app -> wiring, jobs, ports, core, aws.batches,
aws.events, aws.orders, slack.requests, slack.words.listings, slack.response_url``; ``wiring ->`` everything but
``config``; ``config -> checked_rules -> core``; ``aws, slack -> ports, core``; ``jobs -> ports, core``;
``ports -> core``; ``core ->`` the standard library and msgspec.
``aws`` and ``slack`` never see each other, nor a job them. ``tflocks/``, the operators' command line, imports ``core``,
``aws`` and the failures of ``ports``; nothing here imports it.
"""
