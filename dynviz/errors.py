"""The one error a user's mistake may raise: what is wrong, why, and what to do about it."""


class InputError(ValueError):
    """A mistake in what the user gave (text, data, checkpoint, knob); its message is shown as it stands.

    The command line turns it into exit status 2, the app into a message in place; neither shows a stack trace.
    """

    def __init__(self, what: str, why: str, do: str) -> None:
        self.what, self.why, self.do = what, why, do
        super().__init__(f"{what}: {why}. {do}.")

    def __reduce__(self) -> tuple[type["InputError"], tuple[str, str, str]]:
        """Survive pickling (caches and worker processes), which rebuilds an exception from its arguments."""
        return type(self), (self.what, self.why, self.do)
