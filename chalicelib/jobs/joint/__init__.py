"""Tell of all locks that one run left behind in one message, and carry out what people click there."""
