"""Reads the roles of the functions, or has the simulator of IAM judge them."""
