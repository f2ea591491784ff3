"""What the files of one size are called."""


def label(lines: int) -> str:
    """Write 1000000 as `1m` and 5000 as `5k`."""
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if lines % size == 0:
            return f"{lines // size}{letter}"
    return str(lines)
