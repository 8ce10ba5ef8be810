"""Remember the joint alerts, and how far the clicks on them are."""
