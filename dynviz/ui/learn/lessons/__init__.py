"""One file a lesson, found by the registry: each holds a `LESSON`, its words and what it draws."""
