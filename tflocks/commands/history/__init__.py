"""``tflocks history``."""
