"""What the weekly look remembers, what changed since the last one, and what people are told of it."""
