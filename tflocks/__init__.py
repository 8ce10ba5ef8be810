"""The operators' command line. It reads with the operator's own AWS rights, and ships in no Lambda.

=============  ===============================================================================================
``main``       finds a command by its name; imports only the one that is asked for
``arguments``  what the command lines of several commands have in common, checked
``commands``   one folder a command: its command line, what it does, how it shows that
``sources``    where holds are read from; every source is asked in the same way (``sources.source``)
``holds``      what happened to locks, as holds: pairs, merges, ranks them; pure
``output``     shows holds: tables, JSON, CSV, pictures
``words``      fits a number or a long name into a line of text
=============  ===============================================================================================

Imports point one way (``tests/tflocks/test_rooms.py`` holds it): ``main -> commands``; ``commands -> arguments,
sources, output, holds``; ``sources, output -> holds``; all of them ``-> words`` and ``chalicelib.core``. Only
``sources`` imports ``chalicelib.aws`` and ``chalicelib.ports``; nothing in ``chalicelib`` imports ``tflocks``.
"""
