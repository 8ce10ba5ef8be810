"""The command ``tflocks disconnect``."""
