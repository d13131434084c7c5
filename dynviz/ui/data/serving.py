"""What happens beside the pages while the server runs: a browser is opened where there is a screen, and old runs are deleted."""

import asyncio
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import streamlit as st
from streamlit.web.server.server_util import get_url

from dynviz.jobs.shelf import delete_temporary
from dynviz.ui.data.cache import registry

EVERY = 3600.0  # seconds between two looks for runs that nobody looked at for a day


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
    while True:
        await asyncio.to_thread(lambda: registry().tidy())
        await asyncio.sleep(EVERY)
