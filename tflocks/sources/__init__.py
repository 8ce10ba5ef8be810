"""Where holds are read from: the journal, and the versions in a bucket."""
