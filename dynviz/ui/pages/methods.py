"""The Methods page: what each method does in its own words, a picture of it, how its checkpoints were made; and all methods compared."""

import streamlit as st

from dynviz import api
from dynviz.ui import cache, method_card, method_menu, method_overview, policy, show, zoo
from dynviz.ui import text_methods as text

found, policies = method_card.groups(cache.catalogue()[0]), api.policies()
st.markdown(f"### {text.TITLE}")
st.caption(text.INTRO)
view = show.one_of(text.VIEW, text.VIEWS, "one", "view")
if view == "zoo":
    zoo.section()
elif view == "all":
    method_overview.show(found, policies)
else:
    chosen = method_menu.menu({name: group.card for name, group in found.items()}, policies)
    if chosen in policies:
        policy.show(policies[chosen])
    else:
        method_card.show(found[chosen])
