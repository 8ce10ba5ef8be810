"""What an installation gives the stack, from ``reaper.toml``: its parameters, and the layer with the checked rules.

Only who installs uses it: ``make deploy``, ``tflocks``, and the function that checks rules. No function of the stack
does.
"""
