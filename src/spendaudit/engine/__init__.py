"""Where plans run. Rules only lay plans out; an engine carries them out."""
