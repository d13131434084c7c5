"""CALM: the three measures, the rule and the consistency classifier by hand; halting as TOKEE's; only what is chosen is paid for."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from dynviz.checkpoint.config import read_config, write_config
from dynviz.checkpoint.model import load
from dynviz.core.engine import run
from dynviz.core.method import Batch, Plan, Shape, View
from dynviz.errors import InputError
from dynviz.methods.calm import Calm, Measure, balanced
from dynviz.methods.tokee import Tokee
from dynviz.records import Sentences
from tests.checkpoints import SPECS, build
from tests.core.test_agreements import CPU_ATTENTION, masks, numbers
from tests.methods import small
from tests.oracle import oracle
from tests.tiny import Case, encoder, part, sentences

MEASURES: tuple[Measure, ...] = ("softmax", "state", "classifier")
every_measure = pytest.mark.parametrize("measure", MEASURES)
# [CLS], a word of two pieces, a word of one, [SEP]
FOUR = Sentences(np.array([5]), np.array([True, False, False, False, True]), np.array([-1, 0, 0, 1, -1]))


def method_of(measure: Measure, classes: int = 3, layers: int = 4) -> Calm:
    torch.manual_seed(3)
    method = Calm(Shape((16,), (layers,), classes, "token"), hidden=False, measure=measure).double().eval().requires_grad_(False)
    for parameter in method.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return method


def view(states: torch.Tensor, **more: object) -> View:
    return View(states, FOUR, Plan.everything(FOUR), **more)


def test_softmax_confidence_is_the_lead_of_the_likeliest_tag() -> None:
    method = method_of("softmax")
    with torch.no_grad():
        method.head(1).out.weight.zero_()
        asked = {"probs": FOUR.leads, "confidence": FOUR.leads}
        for probs, lead in (((0.7, 0.2, 0.1), 0.5), ((0.4, 0.4, 0.2), 0.0), ((1.0, 1e-300, 1e-300), 1.0)):
            method.head(1).out.bias.copy_(torch.tensor(probs).clamp_min(1e-40).log())
            got = method.read("after", 1, asked, view(torch.ones(5, 16).double()))["confidence"]
            assert got.tolist() == pytest.approx([lead, lead], abs=1e-6)


def test_state_confidence_is_the_cosine_with_the_layer_before_and_0_after_the_first() -> None:
    method, memory = method_of("state"), {}
    states = torch.zeros(5, 16).double()
    states[:, 0] = 2.0
    asked = {"confidence": FOUR.leads}
    assert method.read("after", 1, asked, view(states, memory=memory))["confidence"].tolist() == [0.0, 0.0]
    states[3, :2] = torch.tensor([3.0, 4.0])  # the first word stays as it was, the second turns
    assert method.read("after", 2, asked, view(states, memory=memory))["confidence"].tolist() == pytest.approx([1.0, 0.6])


def test_classifier_confidence_is_one_linear_layers_sigmoid_at_every_layer() -> None:
    method = method_of("classifier")
    assert method.consistency is not None
    with torch.no_grad():
        method.consistency.weight.fill_(0.25)
        method.consistency.bias.fill_(-4.0)
    for layer in (1, 3):
        got = method.read("after", layer, {"confidence": FOUR.leads}, view(torch.ones(5, 16).double()))
        assert got["confidence"].tolist() == [0.5, 0.5]
        assert "probs" not in got


def after(confidence: list[float], knob: float) -> Plan:
    """The plan after layer 1 of the sentence of two words with these confidences."""
    readings = {"confidence": np.full((2, 5), np.nan)}
    readings["confidence"][1, FOUR.leads] = confidence
    return method_of("softmax").decide("after", 1, readings, FOUR, Plan.everything(FOUR), {"confidence": knob})


def test_a_word_halts_at_the_threshold_with_all_its_pieces_and_a_larger_knob_halts_fewer() -> None:
    assert after([0.8, 0.5], 0.5).attending.tolist() == [True, False, False, False, True]
    assert after([0.8, 0.5], 0.6).attending.tolist() == [True, False, False, True, True]
    assert after([0.8, 0.5], 0.9).attending.all()
    assert after([1.0, 1.0], Calm.off()["confidence"]).attending.all()
    assert after([0.0, 0.0], 0.0).attending.tolist() == [True, False, False, False, True]
    assert after([0.8, 0.5], 0.5).visible.all()


def test_the_sentence_stops_when_every_word_has_halted() -> None:
    method, done, half = method_of("softmax"), after([0.8, 0.5], 0.5), after([0.8, 0.5], 0.6)
    assert not method.decide("before", 2, {}, FOUR, done, {"confidence": 0.5}).live.any()
    assert method.decide("before", 2, {}, FOUR, half, {"confidence": 0.6}).live.all()


@every_measure
@pytest.mark.parametrize("knob", [2.0, 0.9, 0.6, 0.3, 0.0])
def test_every_measure_keeps_the_agreements(measure: Measure, knob: float) -> None:
    """Skipped equals masked, and counted equals claimed: the contract tests see the default measure alone."""
    c = Case("calm", method_of(measure), (encoder(),))
    ids, layout = sentences([5, 9, 14, 12, 7], 1)
    with FlopCounterMode(display=False, custom_mapping=CPU_ATTENTION) as counted:
        record = run(c.stages, c.method, ids, layout, {"confidence": knob})
    assert counted.get_total_flops() == record.flops.sum()
    for s, (start, length) in enumerate(zip(layout.starts, layout.lengths, strict=True)):
        want, span = oracle(c, *part(ids, layout, [s]), {"confidence": knob}), slice(start, start + length)
        for key, mask in zip(("attending", "visible", "transformed"), masks(record), strict=True):
            assert np.array_equal(mask[:, span], want[key]), key
        for key, values in numbers(record).items():
            got = values[span] if key == "answer" else values[:, span]
            np.testing.assert_allclose(got, want[key], rtol=0, atol=1e-9, equal_nan=True, err_msg=key)


@every_measure
def test_every_word_is_tagged_where_it_halted_and_the_tag_asked_once_if_no_part_of_the_measure(measure: Measure) -> None:
    method = method_of(measure)
    ids, layout = sentences([5, 9, 14, 12, 7], 1)
    record = run((encoder(),), method, ids, layout, {"confidence": 0.5})
    read = ~np.isnan(record.probs[..., 0])
    assert not read[:, ~layout.leads].any()
    last = 4 - np.argmax(read[::-1], axis=0)
    assert np.array_equal(last[layout.leads], record.depth[layout.leads])
    assert len(set(record.depth[layout.leads])) > 1
    times = read[:, layout.leads].sum(0)
    assert (times == (record.depth[layout.leads] if measure == "softmax" else 1)).all()


def test_only_the_measure_chosen_has_parameters() -> None:
    names = {m: {k for k, _ in method_of(m).named_parameters() if not k.startswith("heads.")} for m in MEASURES}
    assert names == {"softmax": set(), "state": set(), "classifier": {"consistency.weight", "consistency.bias"}}


def test_halting_is_tokees() -> None:
    """With two tags, a lead of at least c is an entropy of at most h((1 + c) / 2): the same words halt, with the same answers."""
    calm = method_of("softmax", classes=2)
    tokee = Tokee(calm.shape, hidden=False).double().eval().requires_grad_(False)
    tokee.load_state_dict(calm.state_dict())
    ids, layout = sentences([5, 9, 14, 12, 7], 1)
    for lead in (0.3, 0.6, 0.9):
        p = (1 + lead) / 2
        entropy = -(p * math.log(p) + (1 - p) * math.log(1 - p)) / math.log(2)
        one = run((encoder(),), calm, ids, layout, {"confidence": lead})
        other = run((encoder(),), tokee, ids, layout, {"delta": entropy, "window": 1})
        for a, b in zip(masks(one), masks(other), strict=True):
            assert np.array_equal(a, b)
        np.testing.assert_allclose(one.answer[layout.leads], other.answer[layout.leads], atol=1e-12)
        assert 1 < one.depth.mean() < 4


def test_balanced_cross_entropy_by_hand() -> None:
    logits, agrees = torch.tensor([0.0, 0.0, 0.0, 0.0]), torch.tensor([True, True, True, False])
    # three words that agree, each weighing 1/4, and one that does not, weighing 3/4
    assert float(balanced(logits, agrees)) == pytest.approx((3 * 0.25 + 0.75) * math.log(2) / 4)
    assert float(balanced(logits, torch.ones(4, dtype=torch.bool))) == 0.0


def tagging(layers: int = 4) -> tuple[Batch, torch.Tensor]:
    """A batch of two sentences with tags on some pieces, and its labels."""
    made = small.trainable_encoder(layers)
    batch = small.batch(made)
    labels = torch.where(batch.real & ~batch.first & (batch.positions % 3 != 2), batch.ids % 3, -100)
    return replace(batch, labels=labels), labels


def test_the_consistency_loss_is_the_mean_over_layers_but_the_last_and_reaches_the_classifier_alone() -> None:
    batch, labels = tagging()
    method = method_of("classifier").requires_grad_(True)
    loss = method.loss(Calm.recipe[1], batch)
    encoder_ = batch.encoders[0]
    states = encoder_.padded(batch.ids, batch.real)
    words = labels >= 0
    tags = [method.head(i)(states[i]).argmax(-1)[words] for i in range(1, 5)]
    terms = []
    for i in range(1, 4):
        agree = (tags[i - 1] == tags[3]).double()
        chance = method.consistency(states[i][words])[:, 0].sigmoid()
        weight = agree * (1 - agree.mean()) + (1 - agree) * agree.mean()
        terms.append(-(weight * (agree * chance.log() + (1 - agree) * (1 - chance).log())).mean())
    assert len({int(t.sum()) for t in tags}) > 1
    assert float(loss.detach()) == pytest.approx(float(sum(terms).detach()) / 3, rel=1e-5)
    found = small.gradients(loss, method, encoder_)
    assert {k for k, g in found.items() if bool(g.any())} == {"consistency.weight", "consistency.bias"}
    assert set(method.own_rates(Calm.recipe[1]).values()) == {0.0}
    assert set(method.own_rates(Calm.recipe[1])) == set(method.heads.parameters())


def test_the_joint_stage_trains_everything_but_the_consistency_classifier() -> None:
    batch, _ = tagging()
    method = method_of("classifier").requires_grad_(True)
    found = small.gradients(method.loss(Calm.recipe[0], batch), method, batch.encoders[0])
    assert small.without_gradient(found) == {"consistency.weight", "consistency.bias"}
    assert method.own_rates(Calm.recipe[0]) == {}


@pytest.mark.parametrize("measure", ["softmax", "state"])
def test_a_measure_without_parameters_cannot_be_trained(measure: Measure) -> None:
    batch, _ = tagging()
    with pytest.raises(InputError, match="nothing to train"):
        method_of(measure).loss(Calm.recipe[1], batch)


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny tagger of TOKEE."""
    return build(tmp_path_factory.mktemp("shelf"), [s for s in SPECS if s.name == "pos-tokee"], sentences=2)


def standing(tagger: Path, name: str, measure: str, **trained: object) -> Path:
    config = read_config(tagger / "pos-tokee")
    stage = config.stages[0].model_copy(update={"encoder": "pos-tokee"})
    options = {**config.options, "measure": measure}
    update = {"name": name, "method": "calm", "stages": [stage], "options": options, "knobs": {}, "trained": trained}
    (tagger / name).mkdir()
    write_config(config.model_copy(update=update), tagger / name)
    return tagger / name


@pytest.mark.parametrize("measure", ["softmax", "state"])
def test_an_untrained_checkpoint_takes_the_taggers_classifiers(tagger: Path, measure: str) -> None:
    mine = load(standing(tagger, f"pos-calm-{measure}", measure, stages={})).method.state_dict()
    theirs = load(tagger / "pos-tokee").method.state_dict()
    assert mine.keys() == theirs.keys()
    assert all(torch.equal(mine[k], theirs[k]) for k in mine)


def test_a_trained_checkpoint_without_its_tensors_is_refused(tagger: Path) -> None:
    with pytest.raises(InputError, match=r"model\.safetensors is missing"):
        load(standing(tagger, "pos-calm-lost", "classifier", stages={"consistency": {"steps": 1}}))
    with pytest.raises(InputError, match=r"model\.safetensors is missing"):
        load(standing(tagger, "pos-calm-unsaid", "softmax"))
