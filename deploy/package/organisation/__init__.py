"""What an organisation may ask of every stack: a boundary, a network, keys, concurrency, tracing.

docs/organisation-rules.md has them from the side of who deploys. Each is a parameter whose default changes nothing. All
are laid over whatever the template has, so that what is added to it later is under them too.
"""
