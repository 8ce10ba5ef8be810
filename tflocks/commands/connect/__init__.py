"""The commands ``tflocks connect`` and, for the most part, ``tflocks disconnect``."""
