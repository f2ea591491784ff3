"""Reads files as a Fiscal Data Package descriptor beside them says."""
