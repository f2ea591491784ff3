"""Drafts a mapping for a file of no known portal, with the evidence for every column."""
