"""The shared vocabulary: tables, findings, runs. It knows no file, portal or rule."""
