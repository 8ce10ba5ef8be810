"""Know all that is Terraform's: the lock's body, its operations, the marks of a state."""
