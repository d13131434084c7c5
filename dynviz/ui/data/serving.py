"""What happens beside the pages while the server runs: a browser is opened where there is a screen, and what
nobody needs any more is deleted."""

import asyncio
import logging
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count

import streamlit as st
from streamlit.web.server.server_util import get_url

from dynviz.jobs.shelf import delete_temporary
from dynviz.ui.data import text
from dynviz.ui.data.cache import fits, registry
from dynviz.ui.shell.uploads import HELD

log = logging.getLogger("dynviz.ui")
EVERY, HOUR = 60.0, 3600.0  # seconds between two looks for uploads of closed sessions, and for runs that nobody looked at for a day


@asynccontextmanager
async def serving(_app: st.App) -> AsyncIterator[None]:
    """From the start of the server to its end."""
    if not st.get_option("server.headless"):
        webbrowser.open(get_url("localhost"))
    task = asyncio.create_task(_tidying())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    delete_temporary()


async def _tidying() -> None:
    """At once too: what an earlier server left is not to wait for a visitor."""
    for minute in count():
        try:
            HELD.tidy()
            if minute % round(HOUR / EVERY) == 0:
                await asyncio.to_thread(lambda: registry().tidy())
                await asyncio.to_thread(lambda: fits().tidy())
        except Exception:  # the next time it may go well
            log.exception(text.NOT_TIDY)
        await asyncio.sleep(EVERY)
