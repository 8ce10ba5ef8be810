"""Decide about joint alerts: which locks one run left behind, and what may be done with all of them."""
