"""A model of two or three people, some Terraform runs, S3 and a lock table, all at one state at the same time.

A schedule is one random life of one state, in virtual time: the product's own jobs run side by side and let others go
first at every call to a port, are killed there, are delivered again, lose answers. ``verdict`` says what was wrong.
"""
