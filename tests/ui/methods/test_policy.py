"""A policy's card and its stream."""

import numpy as np

from dynviz import api
from tests.ui.methods.look import opened, words


def test_the_policy_shows_its_words_its_stream_and_the_real_accuracy_beside_the_proxy() -> None:
    at = opened("ceebert")
    said = words(at)
    assert api.policies()["ceebert"].caption in said
    assert "Confidence is a proxy" in said
    assert "CeeBERT: a threshold learned on a stream" in said
    streams = api.stream(api.find("sst2-joint"))
    assert at.metric[0].value == f"{100 * np.mean([s.accuracy[-1] for s in streams]):.0f} %"
    assert at.metric[1].value == f"{np.mean([s.depth[-1] for s in streams]):.2f}"
    assert at.get("plotly_chart")[0].proto.alt.startswith("Over 12 texts, in 5 orders, it comes to play the threshold")


def test_turning_the_policys_knobs_plays_the_stream_again() -> None:
    at = opened("ceebert")
    before = at.get("plotly_chart")[0].proto.spec
    at.slider(key="ceebert.mu").set_value(0.5).run()
    assert not at.exception
    assert at.get("plotly_chart")[0].proto.spec != before
    assert at.metric[1].value == f"{np.mean([s.depth[-1] for s in api.stream(api.find('sst2-joint'), {'mu': 0.5})]):.2f}"


def test_a_setting_that_the_policy_cannot_have_is_said() -> None:
    at = opened("ceebert", **{"ceebert.mu": "99"})
    low, high = (f"{end:g}" for end in (api.policies()["ceebert"].knobs[0].low, api.policies()["ceebert"].knobs[0].high))
    assert [w.value for w in at.main.warning] == [f"The link asks for mu = 99, and it goes from {low} to {high}. Shown instead: 0.1."]
    assert at.slider(key="ceebert.mu").value == 0.1


def test_the_exported_stream_says_model_policy_knobs_and_data() -> None:
    at = opened("ceebert", **{"ceebert.mu": "0.3"})
    at.session_state["export-stream"] = True
    at.run()
    said = at.code[0].value
    model = f"Model sst2-joint: checkpoint {api.find('sst2-joint').digest}"
    for part in (model, "training seed 7", "policy ceebert", "(mu) = 0.3", "(dev)"):
        assert part in said
