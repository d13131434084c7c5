"""The Methods page in parts: the menu, a card and what it holds, all at a glance, what the zoo says, a policy."""
