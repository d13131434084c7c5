"""Pages of other hosts are refused without asking anybody: Streamlit would ask an outside service which address this machine has."""

from streamlit import net_util

LOOPBACK = "127.0.0.1"


def ask_nobody() -> None:
    """Let Streamlit take the loopback address, which it allows anyway, for the only one of this machine.

    No option says so: an unknown Origin header alone makes it ask an outside service for the public address, for up to two seconds in which
    no visitor is served. What it found out it keeps in these two names.
    """
    net_util._external_ip = net_util._internal_ip = LOOPBACK
