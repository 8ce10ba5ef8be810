"""What a night sweeps, what came of each target, and what people are told of it."""
