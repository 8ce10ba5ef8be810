"""The command ``tflocks doctor``."""
