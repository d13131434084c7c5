"""The Learn page: lessons on the live models, tests before and after, and a class that guesses together."""
