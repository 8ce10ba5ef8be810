"""The world as the jobs see it: one Protocol a neighbour, and the failures they may raise."""
