"""The package: one CloudFormation template and one zip with the code, the same for every installation.

What an installation decides is not in it: the checked rules are a layer (``chalicelib/stack/layer.py``), and the rest
are parameters of the stack.
"""
