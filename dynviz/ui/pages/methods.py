"""The Methods page: what each method does in its own words, a picture of it, and how its checkpoints were made."""

import streamlit as st

from dynviz.ui import cache, method_card, state
from dynviz.ui import text_methods as text
from dynviz.ui.words import plain

found = method_card.groups(cache.catalogue()[0])
st.markdown(f"### {text.TITLE}")
st.caption(text.INTRO)
names = {name: group.card.title for name, group in found.items()}
here = state.choice().checkpoint.config.method
chosen = st.pills(text.METHOD, list(names), format_func=names.__getitem__, key="method", bind="query-params")
method_card.show(found[chosen if chosen in found else here if here in found else next(iter(found))])
with st.expander(text.ALL, icon=":material/table_rows:"):
    method_card.overview(found)
missing = method_card.missing(found)
if missing:
    st.markdown(f"**{text.WITHOUT}**")
    st.markdown("\n".join(f"- `{name}`: {plain(about)}" for name, about in missing.items()))
