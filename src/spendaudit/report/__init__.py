"""The reports: a run in, text out. Adding a format is adding one module `to_<format>` here."""
