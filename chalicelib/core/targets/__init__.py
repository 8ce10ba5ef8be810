"""What the target rules find, and what is remembered of it from night to night."""
