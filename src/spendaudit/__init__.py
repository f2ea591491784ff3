"""spendaudit: what a linter is to code, to a public spending release."""

__version__ = "0.1.0"
