"""Everything that is Terraform's: the lock's body, its operations, and the marks of a state."""
