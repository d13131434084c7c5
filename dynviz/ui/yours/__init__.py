"""The page "Your model": a classifier that the operator lets be seen, what the doctor says of it, and exits fitted on it."""
