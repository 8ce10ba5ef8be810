"""``tflocks doctor --canary``: asks first, then puts locks of its own to see the reaper work."""
