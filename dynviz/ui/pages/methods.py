"""The Methods page: what each method does in its own words, a picture of it, how its checkpoints were made; and all methods compared."""

import streamlit as st

from dynviz import api
from dynviz.ui.methods import menu, overview, policy, text, zoo
from dynviz.ui.methods.entry import groups
from dynviz.ui.methods.entry import show as show_card
from dynviz.ui.parts import heading, show
from dynviz.ui.shell import cache

found, policies = groups(cache.catalogue()[0]), api.policies()
heading.title(text.TITLE, tell=False)
st.caption(text.INTRO)
view = show.one_of(text.VIEW, text.VIEWS, "one", "view")
if view == "zoo":
    zoo.section()
elif view == "all":
    overview.show(found, policies)
else:
    chosen = menu.menu({name: group.card for name, group in found.items()}, policies)
    if chosen in policies:
        policy.show(policies[chosen])
    else:
        show_card(found[chosen])
