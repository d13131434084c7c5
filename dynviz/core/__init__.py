"""The machine: an encoder, a method and one loop that really skips what the method stops."""
