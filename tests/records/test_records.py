"""Records: shapes are checked, facts derived rightly, and JSON and Parquet give back what they were given."""

import json
import tracemalloc
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynviz.core.engine import run
from dynviz.errors import InputError
from dynviz.measure import evaluate
from dynviz.records import Rows, Sentences, Sweep, Trace
from dynviz.records.cost import LayerSize
from dynviz.records.redraw import paired_bootstrap
from dynviz.records.schema import SCHEMA, from_json, to_json
from dynviz.records.storage import read_recorded, read_sweep, write_recorded, write_sweep
from dynviz.records.sweep import pareto, table
from tests.tiny import case, sentences

SIZE = LayerSize("model", 1, 1)


def masks(text: str) -> np.ndarray:
    """Rows of a picture, one a layer: "xx. x.." -> two layers of three tokens."""
    return np.array([[c == "x" for c in row] for row in text.split()])


def trace(done: str, attending: str | None = None, visible: str | None = None, /, **changes: Any) -> Trace:
    """A trace of three tokens, [CLS] word [SEP], with these masks."""
    layers, tokens = masks(done).shape
    given = {
        "text": "word", "tokens": ("[CLS]", *["word"] * (tokens - 2), "[SEP]"), "offsets": [[0, 0], *[[0, 4]] * (tokens - 2), [0, 0]],
        "word": [-1, *range(tokens - 2), -1], "special": [True, *[False] * (tokens - 2), True],
        "attending": masks(attending or done), "visible": masks(visible or attending or done), "transformed": masks(done),
        "readings": {"uncertainty": [np.nan, *[0.5] * layers]}, "probs": np.full((layers + 1, 1, 2), 0.5), "answer": [[0.25, 0.75]],
        "labels": ("no", "yes"), "layers": (SIZE,) * layers, "extra_flops": [0] * (layers + 1), "plain_head": 0, "knobs": {"k": 0.5},
    }  # fmt: skip
    return Trace(**{**given, **changes})


# Layout


def test_a_layout_knows_where_sentences_and_words_begin() -> None:
    layout = Sentences([4, 2], [1, 0, 0, 1, 1, 0], [-1, 0, 0, -1, -1, 0])
    assert layout.starts.tolist() == [0, 4]
    assert layout.owner.tolist() == [0, 0, 0, 0, 1, 1]
    assert layout.leads.tolist() == [False, True, False, False, False, True]
    assert layout.count(np.array([1, 1, 0, 0, 0, 1], bool)).tolist() == [2, 1]
    assert layout.any(np.array([0, 0, 0, 0, 0, 1], bool)).tolist() == [False, True]
    assert (layout.units("sentence"), layout.units("token")) == (2, 6)


def test_words_of_the_same_number_in_two_sentences_are_two_words() -> None:
    assert Sentences([1, 1], [0, 0], [0, 0]).leads.tolist() == [True, True]


def test_a_layout_refuses_empty_sentences_and_wrong_lengths() -> None:
    with pytest.raises(ValueError, match="empty sentence"):
        Sentences([1, 0], [1], [-1])
    with pytest.raises(ValueError, match=r"Sentences.special has shape \(2,\), expected \(3,\)"):
        Sentences([3], [1, 0], [-1, 0, -1])


def test_arrays_are_read_only_and_the_givers_own_stay_writable() -> None:
    lengths = np.array([1])
    layout = Sentences(lengths, [1], [-1])
    with pytest.raises(ValueError, match="read-only"):
        layout.lengths[0] = 2
    lengths[0] = 5
    assert layout.lengths.tolist() == [1]


# Trace


def test_depth_is_the_number_of_feed_forward_blocks() -> None:
    t = trace("xxx x.x x..", "xxx xxx x.x")
    assert t.depth.tolist() == [3, 1, 2]
    assert t.exit_layer == 3
    assert t.kept.tolist() == [3, 2, 1]


def test_dropped_between_or_before_a_layer_is_dropped_there() -> None:
    t = trace("xxx x.x x..", "xxx xxx x.x")  # the word left between attention and feed-forward of layer 2, [SEP] of layer 3
    assert t.dropped_at.tolist() == [0, 2, 3]


def test_frozen_tokens_are_seen_and_not_dropped() -> None:
    t = trace("xxx x.x x.x", None, "xxx xxx xxx")
    assert t.dropped_at.tolist() == [0, 0, 0]
    assert t.frozen.tolist() == masks("... .x. .x.").tolist()


def test_tokens_that_come_back_were_not_dropped() -> None:
    t = trace("xxx x.x xxx")
    assert t.dropped_at.tolist() == [0, 0, 0]
    assert t.depth.tolist() == [3, 2, 3]


def merging(**changes: Any) -> Trace:
    """[CLS] a b c [SEP] in three layers: a goes into c in layer 1, [SEP] too in layer 2, and nothing in layer 3."""
    into = [[0, 3, 2, 3, 4], [0, 3, 2, 3, 3], [0, 3, 2, 3, 3]]
    return trace("x.xxx x.xx. x.xx.", "xxxxx x.xxx x.xx.", merged_into=changes.pop("merged_into", into), **changes)


def test_a_token_that_is_merged_is_not_dropped_and_the_other_counts_for_both() -> None:
    t = merging()
    assert t.depth.tolist() == [3, 0, 3, 3, 1], "layers before it was merged"
    assert t.merged_at.tolist() == t.left_at.tolist() == [0, 1, 0, 0, 2]
    assert not t.dropped_at.any()
    assert t.sizes.tolist() == [[1, 0, 1, 2, 1], [1, 0, 1, 3, 0], [1, 0, 1, 3, 0]]
    assert t.members(1, 3) == [1, 3]
    assert t.members(3, 3) == [1, 3, 4]
    plain = trace("xxx")
    assert (plain.sizes.tolist(), plain.merged_at.tolist(), plain.members(1, 2)) == ([[1, 1, 1]], [0, 0, 0], [2])


def test_the_places_of_merged_tokens_are_written_where_there_are_any() -> None:
    assert "merged_into" not in to_json(trace("xxx"))
    assert json.loads(to_json(merging()))["merged_into"][1] == [0, 3, 2, 3, 3]
    again = from_json(to_json(merging()))
    assert again.same_as(merging())
    assert not again.same_as(replace(again, merged_into=None))
    assert not replace(again, merged_into=None).same_as(again)


@pytest.mark.parametrize(
    ("into", "said"),
    [
        ([[0, 3, 2, 3, 4]], r"merged_into has shape \(1, 5\), expected \(3, 5\)"),
        ([[0, 3, 2, 3, 5]] * 3, "names a place that is no token's"),
        ([[0, -1, 2, 3, 4]] * 3, "names a place that is no token's"),
        ([[0, 4, 2, 3, 3]] * 3, "takes tokens apart"),  # into one that is merged itself
        ([[0, 3, 2, 3, 4], [0, 3, 2, 3, 3], [0, 1, 2, 3, 3]], "takes tokens apart"),
        ([[0, 3, 2, 3, 4], [0, 3, 2, 3, 3], [0, 2, 2, 3, 3]], "takes tokens apart"),  # from its group into another
        ([[0, 3, 3, 3, 4], [0, 3, 3, 3, 3], [0, 3, 3, 3, 3]], "computed or seen afterwards"),
        ([[0, 3, 2, 3, 3]] * 3, "computed or seen afterwards"),
    ],
)
def test_merges_that_no_run_can_have_done_are_refused(into: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        merging(merged_into=into)
    raw = {**json.loads(to_json(merging())), "merged_into": into}
    with pytest.raises(InputError, match=said):
        from_json(json.dumps(raw))


def test_a_sentence_that_has_its_answer_dropped_nothing() -> None:
    t = trace("xxx xxx ... ...")
    assert t.exit_layer == 2
    assert t.dropped_at.tolist() == [0, 0, 0]
    assert t.last_seen.tolist() == [2, 2, 2]


def test_share_counts_layers_heads_and_nothing_else() -> None:
    # a layer of width 1, inner size 1, with 3 tokens: 4*6 + 4*9 + 4*3 = 72
    half = trace("xxx ...", extra_flops=[0, 10, 0], plain_head=10)
    assert half.layer_flops.tolist() == [72, 0]
    assert (half.flops, half.plain_flops) == (82, 154)
    assert half.share == 82 / 154


def test_the_answer_is_the_likeliest_label_and_nothing_where_unread() -> None:
    assert trace("xxx").predicted == ("yes",)
    words = trace("xxx", answer=[[np.nan, np.nan], [0.9, 0.1], [np.nan, np.nan]], probs=np.full((2, 3, 2), 0.5))
    assert words.unit == "token"
    assert words.predicted == ("", "no", "")
    assert words.leads.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("attending", masks("xx xx"), r"Trace.attending has shape \(2, 2\), expected \(2, 3\)"),
        ("visible", masks("xxx"), "Trace.visible has shape"),
        ("transformed", masks("xxx xxx xxx"), "Trace.transformed has shape"),
        ("offsets", [[0, 0]], "Trace.offsets has shape"),
        ("word", [0], "Trace.word has shape"),
        ("special", [True], "Trace.special has shape"),
        ("extra_flops", [0], "Trace.extra_flops has shape"),
        ("answer", [[0.5, 0.5], [0.5, 0.5]], "one row, or one per token"),
        ("answer", [[1.0]], "Trace.answer has shape"),
        ("probs", np.zeros((2, 1, 2)), r"Trace.probs has shape \(2, 1, 2\), expected \(3, 1, 2\)"),
        ("readings", {"halt": [0.5]}, r"Trace.readings\['halt'\] has shape \(1,\)"),
    ],
)
def test_a_wrong_shape_is_named(field: str, value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        trace("xxx xxx", **{field: value})


def test_a_token_cannot_be_transformed_without_attention() -> None:
    with pytest.raises(ValueError, match="attention was not computed"):
        trace("xxx", "x.x", "xxx")


def test_traces_are_compared_by_all_they_say() -> None:
    one = trace("xxx")
    assert one.same_as(trace("xxx"))
    for field, value in {"text": "other", "labels": ("a", "b"), "answer": [[0.2, 0.8]], "knobs": {}, "readings": {}, "note": "!"}.items():
        assert not one.same_as(replace(one, **{field: value})), field
    assert one.same_as(replace(one, answer=[[0.2501, 0.7499]]), tolerance=0.001)


# JSON

numbers = st.one_of(st.floats(0, 1), st.just(float("nan")))


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    layers, tokens, classes = draw(st.integers(1, 4)), draw(st.integers(2, 5)), draw(st.integers(2, 3))
    units = draw(st.sampled_from([1, tokens]))

    def array(*shape: int) -> np.ndarray:
        size = int(np.prod(shape))
        return np.array(draw(st.lists(numbers, min_size=size, max_size=size))).reshape(shape)

    attending = np.array(draw(st.lists(st.booleans(), min_size=layers * tokens, max_size=layers * tokens))).reshape(layers, tokens)
    words = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
    answer = array(units, classes)
    answer[0 if units == 1 else 1 :] = np.nan_to_num(answer[0 if units == 1 else 1 :])  # what is no special token is answered
    return Trace(
        draw(words), tuple(draw(words) for _ in range(tokens)), np.zeros((tokens, 2)), np.arange(tokens) - 1, np.arange(tokens) < 1,
        attending, attending, attending, {"a": array(layers + 1), "b": array(layers + 1, tokens)}, array(layers + 1, units, classes),
        answer, tuple(f"label {i}" for i in range(classes)), (SIZE,) * layers, np.arange(layers + 1), 7,
        {"k": draw(st.floats(0, 1))}, draw(words), "m", "t", "d", {"torch": "2"}, draw(words),
    )  # fmt: skip


@given(traces())
def test_json_gives_back_the_same_trace(record: Trace) -> None:
    text = to_json(record)
    assert "NaN" not in text.replace(json.dumps(record.text, ensure_ascii=False), "") or "NaN" in "".join(record.tokens)
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert from_json(text).same_as(record)


def test_what_was_not_read_is_null() -> None:
    raw = json.loads(to_json(trace("xxx")))
    assert raw["schema"] == SCHEMA
    assert raw["readings"]["uncertainty"] == [None, 0.5]
    assert raw["attending"] == [[1, 1, 1]]


def edited(**changes: Any) -> str:
    return json.dumps({**json.loads(to_json(trace("xxx xxx"))), **changes})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "its schema is 'list'"),
        ("{}", "its schema is None"),
        (edited(schema="dynviz.trace/9"), "its schema is 'dynviz.trace/9'"),
        (edited(colour="red"), "unknown key 'colour'"),
        (json.dumps({k: v for k, v in json.loads(edited()).items() if k != "tokens"}), "lacks the key 'tokens'"),
        (edited(attending=[[1, 1], [1, 1]]), "Trace.attending has shape"),
        (edited(attending=[[1, 2, 1], [1, 1, 1]]), "zeros and ones"),
        (edited(attending=[[1, 1, 1], [1]]), "a value does not fit"),
        (edited(tokens=[]), "0 tokens"),
        (edited(tokens=["a"] * 5000), "5000 tokens"),
        (edited(tokens=7), "a value does not fit"),
        (edited(answer="yes"), "a value does not fit"),
        (edited(probs=[[["high", "low"]]]), "a value does not fit"),
        (edited(labels=[]), "it has 0 labels"),
        (edited(labels=["yes", "yes"]), "different ones"),
        (edited(labels=["yes", " "]), "none of them blank"),
        (edited(layers=[{"stage": "model"}]), "a value does not fit"),
        (edited(layers=[{"stage": "model", "width": "wide", "ffn": 1, "entry": 0}] * 2), "a value does not fit"),
        (edited(layers=[{"stage": "model", "width": -4, "ffn": 1, "entry": 0}] * 2), "a value does not fit"),
        (edited(layers=[{"stage": "model", "width": 10**30, "ffn": 1, "entry": 0}] * 2), "a value does not fit"),
        (edited(plain_head=10**400), "a number has 401 digits"),
        (edited(plain_head=10**30), "a value does not fit"),
        (edited(plain_head=-5), "a value does not fit"),
        (edited(extra_flops=[2**70, 0, 0]), "a value does not fit"),
        (edited(offsets=[[0, 0], [0, 4000], [0, 0]]), "a value does not fit"),
        (edited(readings={"x": [[[1]]]}), "readings"),
        (edited(readings=[]), "a value does not fit"),
        (edited(knobs={"k": "high"}), "a value does not fit"),
        (edited(knobs={"k": None}), "a value does not fit"),
        (edited(versions=[1]), "a value does not fit"),
        (edited(answer=[[1e999, 0]]), "Infinity is not a finite number"),
        (edited(answer=[[77, 0]]).replace("77", "1e999"), "1e999 is not a finite number"),
        (edited(text="half \ud800"), "half of a surrogate pair"),
        (edited(answer=[["0.25", "0.75"]]), "answer holds something else than numbers"),
        (edited(answer=[[True, False]]), "answer holds something else than numbers"),
        (edited(answer=[[None, None]]), "the answer is not a number"),
        (edited(answer=[[2, -1]]), "answer must hold probabilities"),
        (edited(word=[-1, 7, -1]), "a word's number lies outside the text"),
        (edited(layers=[{"stage": "model", "width": 10**6, "ffn": 1, "entry": 0}] * 2), "from 1 to 100000"),
        (edited(layers=[7, 7]), "a layer must be an object"),
        (edited(layers={"0": 1}), "no list of 1 to 1024 layers"),
        (edited(tokens="cls"), "tokens must be a list"),
        (edited(readings={"": [0, 0, 0]}), "a name is blank"),
        (edited(versions={"torch": 2}), "must be text"),
        (edited(offsets=[0, 0, 0, 4, 0, 0]), "two places for each token"),
        (edited().replace('"schema"', '"text": "", "schema"'), "the key 'text' is given twice"),
        (edited(word=[-1, 0.5, -1]), "a value does not fit"),
        (edited(merged_into=None), "merged_into holds something else than numbers"),
        (edited(merged_into=[["0", 1, 2]] * 2), "merged_into holds something else than numbers"),
        (edited(merged_into=[[0, 1, 10**12]] * 2), "names a place that is no token's"),
        (edited(merged_into=[[0, 1, 2]]), "Trace.merged_into has shape"),
    ],
)
def test_json_that_is_no_trace_is_one_sentence(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        from_json(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=3),
        lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=3), x, max_size=3),
    ),
    st.data(),
)
def test_any_value_in_any_field_is_read_or_refused(value: Any, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from([f.name for f in fields(Trace)]))
    try:
        record = from_json(edited(**{key: value}))
    except InputError:
        return
    assert 0 <= record.share < np.inf
    assert from_json(to_json(record)).same_as(record)


# Sweep


def sweep(predicted: list[list[int]], flops: list[list[int]], labels: list[int]) -> Sweep:
    points, count = len(predicted), len(labels)
    rows = Rows(tuple(map(str, range(count))), np.full(count, 5), ((),) * count, np.array(labels), np.arange(count))
    knobs = tuple({"k": float(i)} for i in range(points))
    fixed = np.ones((points, count))
    return Sweep("m", "plain", "sst2", "given", "d", rows, knobs, predicted, flops, np.full(count, 10), fixed, fixed, 1)


SWEEP = sweep([[0, 1, 1, 0], [0, 1, 0, 0], [1, 1, 0, 0]], [[10] * 4, [5] * 4, [2] * 4], [0, 1, 1, 0])


def test_a_sweep_derives_accuracy_compute_and_agreement() -> None:
    assert SWEEP.accuracy.tolist() == [1.0, 0.75, 0.5]
    assert SWEEP.share.tolist() == [1.0, 0.5, 0.2]
    assert SWEEP.agreement.tolist() == [1.0, 0.75, 0.5]


def test_a_budget_chooses_the_most_accurate_point_within() -> None:
    assert [SWEEP.choose(b) for b in (2.0, 1.0, 0.99, 0.5, 0.3)] == [0, 0, 1, 1, 2]


def test_a_budget_below_everything_gets_the_cheapest() -> None:
    assert SWEEP.choose(0.1) == 2


def test_of_equally_accurate_points_the_cheaper_is_chosen() -> None:
    same = sweep([[0, 1], [0, 1]], [[10, 10], [4, 4]], [0, 1])
    assert same.choose(1.0) == 1


def test_pareto_points_are_beaten_by_none() -> None:
    share, accuracy = np.array([1.0, 0.5, 0.5, 0.2, 0.6]), np.array([0.9, 0.8, 0.7, 0.6, 0.8])
    assert pareto(share, accuracy).tolist() == [True, True, False, True, False]
    assert pareto(np.array([0.5, 0.5]), np.array([0.8, 0.8])).tolist() == [True, True]


def test_a_difference_of_nothing_has_an_interval_of_nothing() -> None:
    assert SWEEP.difference(0) == (0.0, 0.0, 0.0)


def test_the_paired_interval_holds_the_mean_and_narrows_with_n() -> None:
    rng = np.random.default_rng(0)
    widths = []
    for count in (100, 10_000):
        gain = rng.choice([-1, 0, 1], count, p=[0.2, 0.7, 0.1])
        mean, low, high = paired_bootstrap(gain, np.arange(count), count)
        assert low < mean < high
        assert mean == gain.mean()
        widths.append(high - low)
    assert widths[0] / widths[1] == pytest.approx(10, rel=0.2)  # as the square root of n


def test_words_of_a_sentence_are_redrawn_together() -> None:
    gain, owner = np.array([1, 1, 1, 1, -1, -1, -1, -1]), np.repeat([0, 1], 4)
    _, low, high = paired_bootstrap(gain, owner, 2)
    assert (low, high) == (-1.0, 1.0)


def test_a_sweep_refuses_shapes_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match=r"Sweep.flops has shape \(1, 2\), expected \(2, 2\)"):
        sweep([[0, 1], [0, 1]], [[10, 10]], [0, 1])
    with pytest.raises(ValueError, match=r"Rows.tags has 0 entries, expected 1"):
        Rows(("a",), [1], (), [0], [0])


def test_a_table_has_a_row_for_each_point() -> None:
    rows = table(SWEEP)
    assert [(r["k"], r["accuracy"], r["full_depth"]) for r in rows] == [(0.0, 1.0, True), (1.0, 0.75, False), (2.0, 0.5, False)]
    assert rows[1]["difference"] == -0.25
    assert rows[1]["low"] <= -0.25 <= rows[1]["high"]


def test_rows_are_found_by_tag() -> None:
    rows = Rows(("a", "b"), [1, 1], (("negation",), ()), [0, 1], [0, 1])
    assert rows.tagged("negation").tolist() == [True, False]


# Parquet


def test_a_sweep_comes_back_from_parquet_the_same(tmp_path: Path) -> None:
    write_sweep(SWEEP, tmp_path / "s.parquet")
    again = read_sweep(tmp_path / "s.parquet")
    for item in fields(Sweep):
        mine, theirs = getattr(SWEEP, item.name), getattr(again, item.name)
        if isinstance(mine, np.ndarray):
            assert np.array_equal(mine, theirs), item.name
        elif item.name != "rows":
            assert mine == theirs, item.name
    assert again.rows.tags == SWEEP.rows.tags
    assert again.rows.ids == SWEEP.rows.ids


def test_a_recorded_run_comes_back_from_parquet_and_replays_alike(tmp_path: Path) -> None:
    c = case("entropy_exit")
    ids, layout = sentences([5, 9, 7, 12])
    rows = Rows(tuple("abcd"), layout.lengths, (("negation", "long"), (), (), ("x",)), [0, 1, 2, 0], np.arange(4))
    recorded = evaluate.Recorded(rows, run(c.stages, c.method, ids, layout, c.method.off()))
    about = {"model": "m", "method": "entropy_exit", "task": "sst2", "split": "report", "digest": "d", "options": {}}
    write_recorded(recorded, about, tmp_path / "r.parquet")
    again, said = read_recorded(tmp_path / "r.parquet")
    assert {k: said[k] for k in about} == about
    assert again.rows.tags == rows.tags
    np.testing.assert_allclose(again.run.probs, recorded.run.probs, atol=1e-6)
    points = evaluate.settings(type(c.method), 5)
    one, other = (evaluate.replayed(r, about, points) for r in (recorded, again))
    for name in ("predicted", "flops", "plain_flops", "depth", "exits"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.flops.min() < one.flops[0].min(), "some setting stops early"
    alone = again.run.only(2)
    assert (alone.sentences.lengths.tolist(), alone.flops.tolist()) == ([7], [again.run.flops[2]])


@pytest.mark.parametrize("content", [b"", b"PAR1", b"something else"])
def test_broken_parquet_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "r.parquet").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        read_sweep(tmp_path / "r.parquet")


def test_a_sweep_is_not_read_as_a_recorded_run(tmp_path: Path) -> None:
    write_sweep(SWEEP, tmp_path / "s.parquet")
    with pytest.raises(InputError, match=r"holds a sweep of version 1: a recorded of version 1 is needed"):
        read_recorded(tmp_path / "s.parquet")


def test_a_number_beside_a_long_text_takes_no_more_room_than_the_text() -> None:
    """numpy would make each of them as long as the text: 3,000 times 100,000 characters."""
    tracemalloc.start()
    with pytest.raises(InputError, match="word holds something else than numbers"):
        from_json(edited(word=[-1] * 3000 + ["x" * 100_000]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10e6
