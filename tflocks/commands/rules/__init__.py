"""``tflocks rules``."""
