"""The sources that holds are read from: the journal, and the lock's versions in its bucket."""
