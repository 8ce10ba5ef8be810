"""The command ``tflocks list``."""
