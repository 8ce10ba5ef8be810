"""The commands, one folder each; ``command`` in its module ``command`` is what click calls."""

COMMANDS = {
    "list": "Every lock that is held now: its age, its holder, its alert.",
    "release": "Release the lock of a state, with your own AWS rights.",
    "targets": "Every bucket and lock table that the reaper sweeps, and why.",
    "rules": "Check a reaper.toml, and write what a stack is given by it.",
    "connect": "Let buckets tell the reaper of their locks.",
    "disconnect": "Take the reaper's notifications out of buckets.",
    "doctor": "Whether buckets, tables and the reaper are well; how to mend them.",
    "slack-manifest": "The manifest of the Slack app, with the URLs of your stack.",
    "history": "Who held a state, who let it go, and for how long.",
}
"""Each command's name (its folder has ``_`` for ``-``), with the line that ``tflocks --help`` has for it."""
