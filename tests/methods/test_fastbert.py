"""FastBERT: the authors' exits and logits, their rule at the tie, the students' attention and cost, and what they learn from."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from dynviz.core.method import Batch, Plan, Pooling, Shape
from dynviz.errors import InputError
from dynviz.methods.fastbert import FastBert, Student
from dynviz.records import Sentences
from tests.methods import test_parity as parity
from tests.tiny import encoder

STAGE = FastBert.recipe[0]
THEIRS = {
    "entry": "input", "query": "query", "key": "key", "value": "value", "mix": "attention_output", "hidden": "hidden", "out": "classifier",
}  # fmt: skip


def as_the_authors(tensors: parity.Tensors) -> FastBert:
    """Their weights in our students; the teacher has the students' shape."""
    method = FastBert(parity.shape("fastbert", parity.encoder("fastbert")), pooling="cls", teacher="student")
    for layer in method.layers_read():
        student = method.student(layer)
        assert student is not None
        student.load_state_dict(
            {f"{ours}.{p}": tensors[f"heads.{layer - 1}.{theirs}.{p}"] for ours, theirs in THEIRS.items() for p in ("weight", "bias")}
        )
    return method


@pytest.mark.parametrize("setting", parity.SETTINGS)
def test_it_leaves_where_the_authors_code_leaves(setting: str) -> None:
    tensors, e = parity.oracle("fastbert")[1], parity.encoder("fastbert")
    want = parity.out("fastbert", setting)
    record = parity.go("fastbert", e, as_the_authors(tensors), {"speed": parity.knob("fastbert", setting)})
    assert record.exit_layer.tolist() == want["exit_layer"].tolist()
    np.testing.assert_allclose(record.readings["uncertainty"][1:].T, want["readings"], rtol=0, atol=1e-4, equal_nan=True)
    parity.logits_agree(record.answer, want["logits"])
    parity.logits_agree(np.moveaxis(record.probs[1:], 0, 1), want["layer_logits"])


def test_the_oracle_leaves_at_every_layer() -> None:
    """Guards the test above."""
    assert set(parity.out("fastbert", "strong")["exit_layer"].tolist()) == {1, 2, 3, 4}


def left(uncertainty: list[float], speed: float, layer: int = 1) -> list[bool]:
    """Which sentences have their answer, each of one token."""
    layout = Sentences(np.ones(len(uncertainty), np.int64), np.ones(len(uncertainty), bool), np.full(len(uncertainty), -1))
    readings = {"uncertainty": np.stack([np.full(len(uncertainty), np.nan)] * layer + [np.array(uncertainty)])}
    method = FastBert(Shape((4,), (3,), 2))
    plan = method.decide("after", layer, readings, layout, Plan.everything(layout), {"speed": speed})
    return (~plan.live).tolist()


def test_it_leaves_at_or_below_the_knob() -> None:
    assert left([0.2, 0.5, 0.500001, 0.9], 0.5) == [True, True, False, False]


def test_a_larger_knob_leaves_earlier_and_off_never() -> None:
    readings = [0.0, 0.3, 1.0]
    assert left(readings, FastBert.off()["speed"]) == [False, False, False]
    assert left(readings, 0.0) == [True, False, False]  # a probability of exactly 1
    assert left(readings, 1.0) == [True, True, True]


def naive(student: Student, states: Tensor, pooling: Pooling) -> Tensor:
    """(n, D) one sentence -> (C,), as the paper writes it: every token attends, then one is taken."""
    u = torch.tanh(student.entry(states))
    half = u.shape[1] // 2
    contexts = []
    for part in (slice(0, half), slice(half, None)):
        q, k, v = (f(u)[:, part] for f in (student.query, student.key, student.value))
        contexts.append(torch.softmax(q @ k.T / math.sqrt(half), 1) @ v)
    tokens = student.mix(torch.cat(contexts, 1))
    pooled = tokens[0] if pooling == "cls" else tokens.mean(0)
    out: Tensor = student.out(torch.tanh(student.hidden(pooled)))
    return out


def strong(module: nn.Module) -> nn.Module:
    torch.manual_seed(5)
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=0.5)
    return module.double()


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_a_student_attends_within_each_sentence(pooling: Pooling) -> None:
    student = strong(Student(6, 4, 3, pooling))
    assert isinstance(student, Student)
    lengths = np.array([3, 1, 3, 5])
    states = torch.randn(12, 6, dtype=torch.float64)
    want = torch.stack([naive(student, x, pooling) for x in states.split(lengths.tolist())])
    torch.testing.assert_close(student(states, lengths), want, rtol=0, atol=1e-12)


def test_the_cost_of_a_student_can_be_counted_by_hand() -> None:
    first, mean = Student(6, 4, 3, "cls"), Student(6, 4, 3, "mean")
    entry, keys_and_values, last = 2 * 6 * 4, 2 * 2 * 4 * 4, 2 * (4 * 4 + 4 * 4 + 4 * 3)
    one_query = 2 * 4 * 4 + 2 * 2 * 5 * 4  # its projection, its products with 5 keys, and with 5 values
    assert first.flops(np.array([5])).tolist() == [5 * (entry + keys_and_values) + last + one_query]
    five_queries = 5 * 2 * 4 * 4 + 5 * 2 * 5 * 4 + 2 * 5 * 4  # the weights are averaged before they meet the values
    assert mean.flops(np.array([5])).tolist() == [5 * (entry + keys_and_values) + last + five_queries]
    with FlopCounterMode(display=False) as counted:
        mean(torch.randn(5, 6), np.array([5]))
    assert counted.get_total_flops() == mean.flops(np.array([5]))[0]


def batch(layers: int = 3) -> Batch:
    torch.manual_seed(0)
    ids = torch.randint(5, 60, (4, 6))
    real = torch.arange(6)[None] < torch.tensor([[6], [3], [4], [3]])
    return Batch(ids, real, torch.tensor([0, 1, 1, 0]), torch.zeros(4, dtype=torch.bool), 0.0, (encoder(layers=layers),))


def test_students_learn_what_the_teacher_says_and_need_no_labels() -> None:
    given = batch()
    method = strong(FastBert(Shape((16,), (3,), 2), pooling="mean", width=8))
    assert isinstance(method, FastBert)
    states = given.encoders[0].padded(given.ids, given.real)
    want = 0.0
    for b, n in enumerate(given.real.sum(1).tolist()):
        teacher = method.head(3)(states[3][b, :n].mean(0)).softmax(-1)
        for i in (1, 2):
            student = method.student(i)
            assert student is not None
            said = naive(student, states[i][b, :n], "mean").softmax(-1)
            want += (teacher * (teacher / said).log()).sum().item() / 4
    loss = method.loss(STAGE, given)
    assert loss.item() == pytest.approx(want, rel=1e-5)
    unlabelled = Batch(given.ids, given.real, torch.full((4,), -100), given.hard, 0.0, given.encoders)
    assert torch.equal(method.loss(STAGE, unlabelled), loss)


def test_only_students_learn() -> None:
    given = batch()
    method = FastBert(Shape((16,), (3,), 2), width=8).double()
    given.encoders[0].model.requires_grad_(True)
    method.backward(method.loss(STAGE, given), {})
    students = {name for name, _ in method.named_parameters() if name.startswith("students.")}
    assert {name for name, p in method.named_parameters() if p.grad is not None} == students
    still = {name for name in students if method.get_parameter(name).grad.abs().max() < 1e-12}  # type: ignore[union-attr]
    assert still == {"students.1.key.bias", "students.2.key.bias"}  # it moves all scores of a query alike
    assert all(p.grad is None for p in given.encoders[0].model.parameters())


@pytest.mark.parametrize("width", [0, 7])
def test_an_odd_width_is_refused(width: int) -> None:
    with pytest.raises(InputError, match=f"Students cannot be {width} wide"):
        FastBert(Shape((16,), (3,), 2), width=width)
