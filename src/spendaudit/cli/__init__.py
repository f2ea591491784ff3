"""The command line: one command a file. It hands what one wing made to the other, and imports late."""
