"""The canary: the steps by which it sees the reaper work, who is at fault when one fails, and the report of it."""
