"""Look at locks as they are now, and release them, with the operator's own AWS rights."""
