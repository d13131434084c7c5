"""Readers of data files, a file for each format: what is in the bytes -> a table, or one sentence on why not."""
