"""Whether Lambda reads what arrives in the queue, and the streams of lock tables."""
