"""The documents that are made and not written: `python -m tests.docs --write`. A test holds them against this."""
