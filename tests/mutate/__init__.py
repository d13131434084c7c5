"""Small wrong changes to the code, each of which some test has to notice: `python -m tests.mutate`.

Tools that make such changes by themselves (mutmut, cosmic-ray) make thousands of them, most of no interest, and take no list of one's
own; what matters here is a page of changes that somebody could really make, and has made.
"""
