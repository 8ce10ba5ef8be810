"""The operators' command line. It works with the operator's own AWS rights, and ships in no Lambda.

=============  ===============================================================================================
``main``       finds a command by its name; imports only the one that is asked for
``arguments``  what the command lines of several commands have in common, checked
``commands``   one folder a command: its command line, what it does, how it shows that
``live``       looks at locks as they are now, at the deployed reaper and its book; releases a lock, connects a bucket;
               ``live.doctor`` joins the looks of the doctor; ``live.canary`` has locks of its own put and released
``sources``    where holds are read from; every source is asked in the same way (``sources.source``)
``holds``      what happened to locks, as holds: pairs, merges, ranks them; pure
``locks``      who holds which state now, and what may be released; pure
``output``     shows holds, locks and the doctor's findings: tables, JSON, CSV, pictures
``words``      fits a number or a long name into a line of text
=============  ===============================================================================================

Imports point one way (``tests/tflocks/test_rooms.py`` holds it): ``main -> commands``; ``commands -> arguments,
live, sources, output``; ``sources, output -> holds``; ``live, output -> locks``; all of them ``-> words`` and
``chalicelib.core``. Only ``main`` imports ``chalicelib.version``, to say it; only ``sources`` and ``live`` import
``chalicelib.aws`` and ``chalicelib.ports``; only ``live``
imports ``chalicelib.jobs``: a release from a terminal is the job of a click; only ``live``
imports ``chalicelib.slack``, to ask what the app may do; only ``arguments`` and the command ``rules`` import
``chalicelib.config``, to read a ``reaper.toml``; only ``rules`` imports ``chalicelib.stack``. Nothing in
``chalicelib`` imports ``tflocks``.
"""
