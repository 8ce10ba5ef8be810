"""Test the Terraform modules without an account: their files, their locals, and what they plan."""
