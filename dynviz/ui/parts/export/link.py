"""The button that copies the address of the page as it stands, which restores it in another browser."""

from collections.abc import Sequence

import streamlit as st

from dynviz.ui.parts.export import HERE, text

# registered once: a name that is registered again is warned of
_link = st.components.v2.component(
    "dynviz_link",
    html='<button type="button"></button><span class="said" role="status"></span>',
    css=(HERE / "export.css").read_text(encoding="utf-8") + (HERE / "link.css").read_text(encoding="utf-8"),
    js=(HERE / "link.js").read_text(encoding="utf-8"),
)


def copy(leave_out: Sequence[str] = ()) -> None:
    """The button; once on a page. leave_out: names of the address that belong to this visitor alone."""
    words = {"label": text.LINK, "done": text.LINK_COPIED, "failed": text.LINK_FAILED, "long": text.LINK_LONG}
    with st.container(key="link", width="content"):
        _link(key="copy-link", data={"leave": list(leave_out), **words})
