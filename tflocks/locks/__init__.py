"""What is known of held locks: who holds a state where, for how long, and what the reaper did about it; pure."""
