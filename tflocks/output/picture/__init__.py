"""The timeline of holds, and the files it is drawn into."""
