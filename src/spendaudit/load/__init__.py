"""The loading wing: which portal a file came from, and its rows in the canonical tables."""
