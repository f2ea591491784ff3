"""The auditing wing: choose rules, count what they can judge, ask them, explain what they found."""
