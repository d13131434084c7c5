"""Training: one loop for all methods, the recipes of the bundled checkpoints, and the numbers that ship with them."""
