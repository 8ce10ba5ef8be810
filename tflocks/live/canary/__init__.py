"""The canary: puts locks of its own, sees what the reaper does about them, and takes away what it put."""
