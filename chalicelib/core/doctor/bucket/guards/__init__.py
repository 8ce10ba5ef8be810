"""What keeps states and locks safe from loss and from strangers: versions, encryption, no public access, a log."""
