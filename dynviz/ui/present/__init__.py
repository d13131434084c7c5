"""The stage: three acts of a minute from stored results, and what a saving is worth."""
