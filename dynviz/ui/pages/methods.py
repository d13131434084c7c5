"""The Methods page: what each method does in its own words, a picture of it, and how its checkpoints were made."""

import streamlit as st

from dynviz.ui import cache, method_card, state
from dynviz.ui import text_methods as text
from dynviz.ui.words import plain

found = method_card.groups(cache.catalogue()[0])
st.markdown(f"### {text.TITLE}")
st.caption(text.INTRO)
asked = st.query_params.get("method", "")
here = asked if asked in found else state.choice().checkpoint.config.method
if "method" not in st.session_state:  # the URL holds names, the menu shows titles: so it is tied to the URL here, not by `bind`
    st.session_state["method"] = here if here in found else next(iter(found))
chosen = st.pills(text.METHOD, list(found), format_func=lambda name: found[name].card.title, key="method", required=True) or next(
    iter(found)
)
st.query_params["method"] = chosen
method_card.show(found[chosen])
with st.expander(text.ALL, icon=":material/table_rows:"):
    method_card.overview(found)
missing = method_card.missing(found)
if missing:
    st.markdown(f"**{text.WITHOUT}**")
    st.markdown("\n".join(f"- `{name}`: {plain(about)}" for name, about in missing.items()))
