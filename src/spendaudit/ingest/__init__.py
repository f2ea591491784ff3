"""From bytes to canonical rows: fetch, keep, decode, cut into records, read cells, validate, store."""
