"""``tflocks targets``: what the reaper sweeps."""
