"""The five agreements, for every registered method, in float64: decisions equal exactly, numbers to 1e-9."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

from dynviz.core.engine import Live, _sizes, _walk, replay, run
from dynviz.core.method import Method
from dynviz.figures.conditions import stops
from dynviz.methods import methods
from dynviz.records import Run
from tests.oracle import oracle
from tests.tiny import Case, case, part, sentences, settings_of

CASES = [(name, unit) for name, kind in methods().items() for unit in kind.serves]
REPLAYABLE = [(name, unit) for name, unit in CASES if methods()[name].replayable]
CPU_ATTENTION = {
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: lambda q, k, v, *a, out_shape=None, **kw: sdpa_flop_count(q, k, v)
}

lengths = st.lists(st.integers(3, 14), min_size=1, max_size=5)
seeds = st.integers(0, 10_000)
every_case = pytest.mark.parametrize(("name", "unit"), CASES)
few = settings(max_examples=settings().max_examples * 2 // 5)  # every example runs models; more: pytest --hypothesis-profile long


def numbers(record: Run) -> dict[str, np.ndarray]:
    return {**record.readings, "probs": record.probs, "answer": record.answer}


def masks(record: Run) -> tuple[np.ndarray, ...]:
    return record.attending, record.visible, record.transformed


def merged_into(record: Run, sentence: int) -> np.ndarray:
    """(L, T) the place in its sentence where each token's state lies."""
    alone = record.only(sentence)
    return np.tile(np.arange(alone.attending.shape[1]), (len(alone.sizes), 1)) if alone.merged_into is None else alone.merged_into


def assert_same(one: Run, other: Run) -> None:
    for a, b in zip(masks(one), masks(other), strict=True):
        assert np.array_equal(a, b)
    for key, values in numbers(one).items():
        np.testing.assert_allclose(values, numbers(other)[key], rtol=0, atol=1e-9, equal_nan=True, err_msg=key)
    assert np.array_equal(one.flops, other.flops)


def far_from_ties(method: Method, record: Run) -> bool:
    """No two readings, and no reading and knob, so near each other that rounding could decide."""
    values = np.concatenate([v[~np.isnan(v)].ravel() for v in record.readings.values()] or [np.zeros(0)])
    values = np.concatenate([values, [float(v) for v in record.knobs.values()]])
    gaps = np.diff(np.sort(values))
    return not ((gaps > 0) & (gaps < 1e-9)).any()


def run_alone(c: Case, ids: np.ndarray, layout: object, chosen: int, knobs: dict[str, float]) -> Run:
    return run(c.stages, c.method, *part(ids, layout, [chosen]), knobs)  # type: ignore[arg-type]


@every_case
@few
@given(lengths, seeds)
def test_off_is_the_plain_model(name: str, unit: str, sizes: list[int], seed: int) -> None:
    off_is_the_plain_model(case(name, unit), sizes, seed)


def off_is_the_plain_model(c: Case, sizes: list[int], seed: int, near: float = 1e-9) -> None:
    ids, layout = sentences(sizes, seed)
    source = Live(c.stages, c.method, ids, layout)
    with torch.inference_mode():
        record = _walk(c.method, layout, _sizes(c.stages), c.method.off(), source)
    big = c.stages[c.biggest]
    own = record.transformed[-len(big.layers) :]
    assert own.all()
    for s, (start, length) in enumerate(zip(layout.starts, layout.lengths, strict=True)):
        with torch.no_grad():
            want = big.model(torch.from_numpy(ids[start : start + length])[None]).last_hidden_state[0].numpy()
        np.testing.assert_allclose(big.final(source.states[start : start + length]).numpy(), want, rtol=0, atol=near)
        assert record.exit_layer[s] == len(record.sizes)


@every_case
@few
@given(st.sampled_from(["mean", "cls"]), lengths, seeds, st.integers(0, 30))
def test_skipped_equals_masked(name: str, unit: str, pooling: str, sizes: list[int], seed: int, pick: int) -> None:
    skipped_equals_masked(case(name, unit, pooling), sizes, seed, pick)


def skipped_equals_masked(c: Case, sizes: list[int], seed: int, pick: int) -> None:
    ids, layout = sentences(sizes, seed)
    settings = settings_of(c.method)
    knobs = settings[pick % len(settings)]
    record = run(c.stages, c.method, ids, layout, knobs)
    assume(far_from_ties(c.method, record))
    for s, (start, length) in enumerate(zip(layout.starts, layout.lengths, strict=True)):
        want = oracle(c, *part(ids, layout, [s]), knobs)
        span = slice(start, start + length)
        for key, mask in zip(("attending", "visible", "transformed"), masks(record), strict=True):
            assert np.array_equal(mask[:, span], want[key]), key
        assert np.array_equal(merged_into(record, s), want["merged_into"])
        for key, values in numbers(record).items():
            units = span if values.shape[-1 if key not in ("probs", "answer") else -2] == len(ids) else slice(s, s + 1)
            got = values[units] if key == "answer" else values[:, units]
            np.testing.assert_allclose(got, want[key], rtol=0, atol=1e-9, equal_nan=True, err_msg=key)


@every_case
@few
@given(lengths, seeds, st.integers(0, 30), st.randoms(use_true_random=False))
def test_batched_equals_alone_in_any_order(name: str, unit: str, sizes: list[int], seed: int, pick: int, random: object) -> None:
    order = list(range(len(sizes)))
    random.shuffle(order)  # type: ignore[attr-defined]
    batched_equals_alone(case(name, unit), sizes, seed, pick, order)


def batched_equals_alone(c: Case, sizes: list[int], seed: int, pick: int, order: list[int]) -> None:
    ids, layout = sentences(sizes, seed)
    settings = settings_of(c.method)
    knobs = settings[pick % len(settings)]
    together = run(c.stages, c.method, ids, layout, knobs)
    assume(far_from_ties(c.method, together))
    shuffled = run(c.stages, c.method, *part(ids, layout, order), knobs)
    for place, s in enumerate(order):
        alone = run_alone(c, ids, layout, s, knobs)
        for batch, layout_, at in ((together, layout, s), (shuffled, shuffled.sentences, place)):
            span = slice(layout_.starts[at], layout_.starts[at] + layout_.lengths[at])
            for a, b in zip(masks(batch), masks(alone), strict=True):
                assert np.array_equal(a[:, span], b)
            assert np.array_equal(merged_into(batch, at), merged_into(alone, 0))
            units = span if c.method.unit == "token" else slice(at, at + 1)
            np.testing.assert_allclose(batch.answer[units], alone.answer, rtol=0, atol=1e-9, equal_nan=True)
            assert batch.flops[at] == alone.flops[0]


@pytest.mark.parametrize(("name", "unit"), REPLAYABLE)
@few
@given(lengths, seeds)
def test_replay_equals_run_at_every_setting(name: str, unit: str, sizes: list[int], seed: int) -> None:
    replay_equals_run(case(name, unit), sizes, seed)


def replay_equals_run(c: Case, sizes: list[int], seed: int) -> None:
    ids, layout = sentences(sizes, seed)
    full = run(c.stages, c.method, ids, layout, c.method.off())
    for knobs in settings_of(c.method, 7):
        record = run(c.stages, c.method, ids, layout, knobs)
        assume(far_from_ties(c.method, record))
        assert_same(replay(c.method, full, knobs), record)


@pytest.mark.parametrize(("name", "unit"), REPLAYABLE)
@few
@given(st.integers(3, 14), seeds)
def test_a_sentence_stops_where_the_conditions_shown_to_the_reader_first_say_so(name: str, unit: str, size: int, seed: int) -> None:
    """What every screen says of a rule (`compares`) is what it decides: alternatives, and conditions that must hold together."""
    c = case(name, unit)
    ids, layout = sentences([size], seed)
    full = run(c.stages, c.method, ids, layout, c.method.off())
    units = c.method.reading_units()
    readings = {k: v if units[k] == "token" else v[:, 0] for k, v in full.readings.items()} | {"probs": full.probs}
    for knobs in settings_of(c.method, 7):
        said = np.flatnonzero(stops(c.method.compares(readings, knobs)) == 1)
        assert replay(c.method, full, knobs).exit_layer[0] == min([*said, len(full.sizes)]), knobs


@every_case
@few
@given(lengths, seeds, st.integers(0, 30))
def test_claimed_flops_are_the_counted_ones(name: str, unit: str, sizes: list[int], seed: int, pick: int) -> None:
    claimed_are_counted(case(name, unit), sizes, seed, pick)


def claimed_are_counted(c: Case, sizes: list[int], seed: int, pick: int) -> None:
    ids, layout = sentences(sizes, seed)
    settings = settings_of(c.method)
    knobs = settings[pick % len(settings)]
    with FlopCounterMode(display=False, custom_mapping=CPU_ATTENTION) as counted:
        record = run(c.stages, c.method, ids, layout, knobs)
    assert counted.get_total_flops() == record.flops.sum()


@every_case
def test_settings_make_a_difference(name: str, unit: str) -> None:
    """Guards the tests above: knobs do stop things here, and not all alike."""
    c = case(name, unit)
    ids, layout = sentences([5, 9, 14, 12, 7, 11], 1)
    spent = {tuple(run(c.stages, c.method, ids, layout, knobs).flops) for knobs in settings_of(c.method, 11)}
    assert len(spent) > (2 if c.method.knobs else 0)


@every_case
@few
@given(lengths, seeds, st.integers(0, 30))
def test_the_first_token_is_never_dropped_or_frozen(name: str, unit: str, sizes: list[int], seed: int, pick: int) -> None:
    c = case(name, unit)
    ids, layout = sentences(sizes, seed)
    settings = settings_of(c.method)
    record = run(c.stages, c.method, ids, layout, settings[pick % len(settings)])
    ran = layout.any(record.attending)
    for mask in masks(record):
        assert np.array_equal(mask[:, layout.starts], ran)


@pytest.mark.parametrize(("name", "unit"), REPLAYABLE)
@few
@given(lengths, seeds)
def test_turning_a_knob_towards_stop_never_adds_compute(name: str, unit: str, sizes: list[int], seed: int) -> None:
    c = case(name, unit)
    ids, layout = sentences(sizes, seed)
    full = run(c.stages, c.method, ids, layout, c.method.off())
    for knob in c.method.knobs:
        values = sorted(knob.points(9), reverse=knob.stops == "down")
        spent = [replay(c.method, full, {**c.method.off(), knob.name: v}).flops for v in values]
        assert all((later <= earlier).all() for earlier, later in itertools.pairwise(spent))


@pytest.mark.parametrize(("name", "unit"), [(name, unit) for name, unit in REPLAYABLE if len(methods()[name].knobs) > 1])
@few
@given(lengths, seeds)
def test_turning_one_knob_of_several_towards_stop_never_exits_later(name: str, unit: str, sizes: list[int], seed: int) -> None:
    """With the others at their default: where they are off, turning this one may change nothing."""
    c = case(name, unit)
    ids, layout = sentences(sizes, seed)
    full = run(c.stages, c.method, ids, layout, c.method.off())
    for knob in c.method.knobs:
        values = sorted(knob.points(9), reverse=knob.stops == "down")
        left = [replay(c.method, full, {**c.method.defaults(), knob.name: v}).exit_layer for v in values]
        assert all((later <= earlier).all() for earlier, later in itertools.pairwise(left))


@every_case
@few
@given(lengths, seeds, st.integers(0, 30))
def test_nothing_is_recorded_after_a_sentence_has_its_answer(name: str, unit: str, sizes: list[int], seed: int, pick: int) -> None:
    c = case(name, unit)
    ids, layout = sentences(sizes, seed)
    settings = settings_of(c.method)
    record = run(c.stages, c.method, ids, layout, settings[pick % len(settings)])
    owners = {len(layout.lengths): np.arange(len(layout.lengths)), len(ids): layout.owner}
    for values in (*record.readings.values(), record.probs):
        late = np.arange(values.shape[0])[:, None] > record.exit_layer[owners[values.shape[1]]]
        read = ~np.isnan(values if values.ndim == 2 else values[..., 0])
        assert not (late & read).any()


@every_case
def test_single_precision_batches_agree_with_single_sentences(name: str, unit: str) -> None:
    c = case(name, unit)
    ids, layout = sentences([6, 13, 9], 5)
    stages = tuple(type(s)(_single(s.model), s.name) for s in c.stages)
    method = _single(c.method)
    together = run(stages, method, ids, layout, method.off())
    alone = [run(stages, method, *part(ids, layout, [s]), method.off()).answer for s in range(3)]
    np.testing.assert_allclose(together.answer, np.concatenate(alone), rtol=0, atol=1e-4, equal_nan=True)


def _single(module: torch.nn.Module) -> torch.nn.Module:
    import copy

    return copy.deepcopy(module).float()
