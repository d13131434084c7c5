"""The Methods page: what each method does in its own words, a picture of it, how its checkpoints were made; and all methods compared."""

import streamlit as st

from dynviz import api
from dynviz.ui.methods import elsewhere, menu, overview, policy, text, zoo
from dynviz.ui.methods.entry import groups
from dynviz.ui.methods.entry import show as show_card
from dynviz.ui.parts import heading, show
from dynviz.ui.shell import cache

found, policies, told = groups(cache.catalogue()[0]), api.policies(), api.elsewhere()
heading.title(text.TITLE, tell=False)
st.caption(text.INTRO)
view = show.one_of(text.VIEW, text.VIEWS, "one", "view")
if view == "zoo":
    zoo.section()
elif view == "all":
    overview.show(found, policies, told)
else:
    cards = {name: group.card for name, group in found.items()}
    chosen = menu.menu(cards, policies, told)
    if chosen in policies:
        policy.show(policies[chosen])
    elif chosen in told:
        elsewhere.show(told[chosen], cards)
    else:
        show_card(found[chosen])
