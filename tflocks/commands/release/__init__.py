"""The command ``tflocks release``."""
