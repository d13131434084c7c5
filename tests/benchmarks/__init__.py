"""Speed, measured side by side and never asserted in a test: `python -m tests.benchmarks --out tests/benchmarks/results.csv`."""
