"""The validator: it names the first thing that is wrong, with its place, and passes exactly what the app opens."""

import json
from collections.abc import Callable
from dataclasses import fields
from random import Random
from typing import Any

import numpy as np
import pytest

from dynviz.cli.sweep import _json
from dynviz.errors import InputError
from dynviz.records import Trace
from dynviz.records.faults import fault
from dynviz.records.schema import from_plain, to_json
from dynviz.records.shapes import TRACE
from dynviz.records.sweep import table
from tests.fuzz import values
from tests.records.test_records import merging, sweep, trace

Change = Callable[[Any], Any]


def words() -> Trace:
    """[CLS] a a b [SEP], a word of two tokens and a word of one, each with an answer of its own."""
    answer = np.full((5, 2), np.nan)
    answer[[1, 3]] = [0.25, 0.75]
    return trace("xxxxx xx.xx", word=[-1, 0, 0, 1, -1], answer=answer, probs=np.full((3, 5, 2), 0.5), readings={"sure": np.zeros((3, 5))})


SOUND = {
    "sentence": to_json(trace("xxx xxx x.x")),
    "merging": to_json(merging(note="a note", versions={"torch": "2"})),
    "words": to_json(words()),
}


def swept() -> Any:
    found = sweep([[0, 1, 1], [0, 0, 1]], [[10, 10, 10], [5, 6, 7]], [0, 1, 1])
    return json.loads(_json(found, table(found)))


def put(*path: Any) -> Change:
    """A change: the last of these at the place that the others lead to."""
    *way, last, value = path

    def change(raw: Any) -> None:
        for step in way:
            raw = raw[step]
        raw[last] = value

    return change


def drop(key: str) -> Change:
    return lambda raw: raw.pop(key)


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND)
def test_nothing_is_wrong_with_what_dynviz_writes(text: str) -> None:
    assert fault(json.loads(text)) is None
    assert fault(swept()) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("schema", "x/1"), 'schema is "x/1", and "dynviz.trace/1" or "dynviz.sweep/1" is needed'),
        (drop("schema"), 'schema is missing, and "dynviz.trace/1" or "dynviz.sweep/1" is needed'),
        (drop("visible"), 'the key "visible" is missing'),
        (put("colour", "red"), 'the key "colour" is unknown'),
        (put("attending", 1, [1] * 11), "attending[1] has 11 entries, and there are 5 tokens"),
        (put("attending", []), "attending has 0 entries, and there are 3 layers"),
        (put("attending", 1, 2, 7), "attending[1][2] is 7, and 0 or 1 is needed"),
        (put("attending", 1, None), "attending[1] is null, and a list is needed"),
        (put("tokens", 2, 5), "tokens[2] is 5, and text is needed"),
        (put("tokens", []), "tokens has 0 entries, and 1 to 4096 are read"),
        (put("labels", ["yes", "yes"]), "labels[1] is the same as labels[0]"),
        (put("labels", ["yes", " "]), "labels[1] is blank"),
        (put("layers", 2, {"stage": "model"}), 'the key "width" of layers[2] is missing'),
        (put("layers", 2, "width", -4), "layers[2].width is -4, and a whole number from 1 to 100000 is needed"),
        (put("layers", 2, "depth", 4), 'the key "depth" of layers[2] is unknown'),
        (put("answer", [[0.5, 0.5]] * 2), "answer has 2 entries, and one, or one for each of 5 tokens, is needed"),
        (put("answer", 0, 1, 1.5), "answer[0][1] is 1.5, and a probability from 0 to 1 is needed"),
        (put("answer", 0, 1, None), "answer[0][1] is null, and an answer is needed there"),
        (put("probs", 0, 0, [1]), "probs[0][0] has 1 entry, and there are 2 labels"),
        (put("readings", "uncertainty", [1, 2]), "readings.uncertainty has 2 entries, and there are 4 levels, the input and each layer"),
        (put("readings", "a b", "high"), 'readings["a b"] is text, and a list is needed'),
        (put("readings", " ", [0] * 4), "a key of readings is blank"),
        (put("knobs", "k", None), "knobs.k is null, and a number is needed"),
        (put("word", 2, 9), "word[2] is 9, and a whole number from -1 to 4 is needed"),
        (put("word", 2, 1.0), "word[2] is 1, written with a point, and a whole number is needed"),
        (put("plain_head", -1), "plain_head is -1, and a whole number of at least 0 is needed"),
        (put("plain_head", 10**18), "plain_head is a number of 16 digits or more, and a whole number of at least 0 is needed"),
        (put("offsets", 2, [3, 2]), "offsets[2] begins at 3 and ends at 2, before it begins"),
        (put("offsets", 2, [0, 400]), "offsets[2] ends at 400, and text has 4 characters"),
        (put("attending", 2, 0, 0), "transformed[2][0] is 1, and attending[2][0] is 0"),
        (put("merged_into", 0, 1, 4), "merged_into[0][1] is 4, and the token is computed in that layer"),
        (put("merged_into", 2, 1, 1), "merged_into[2][1] is 1, and in the layer before the token was merged into 3"),
        (put("merged_into", 0, 0, 1), "merged_into[0][0] is 1, which is merged itself"),
        (put("visible", 2, 1, 1), "merged_into[2][1] is 3, and the token, merged before, is computed or seen in that layer"),
    ],
)  # fmt: skip
def test_the_first_thing_wrong_with_a_trace_has_its_place(change: Change, said: str) -> None:
    raw = json.loads(SOUND["merging"])
    if said.startswith("merged_into[0][1] is 4"):
        raw["transformed"][0][1] = 1
    change(raw)
    assert fault(raw) == said
    with pytest.raises(InputError):
        from_plain(raw)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("points", 1, "accuracy", 0.9), "points[1].accuracy is 0.9, and 0.6667 of its answers are right"),
        (put("points", 1, "share", 0.9), "points[1].share is 0.9, and 0.6 of the plain FLOPs are spent"),
        (put("points", 1, "share", -1), "points[1].share is -1, and a number of at least 0 is needed"),
        (put("points", []), "points has 0 entries, and 1 to 10000 are read"),
        (put("points", 1, "accuracy", "good"), "points[1].accuracy is text, and a probability is needed"),
        (put("examples", "predicted", 1, [0]), "examples.predicted[1] has 1 entry, and there are 3 right labels"),
        (put("examples", "owner", 1, 7), "examples.owner[1] is 7, and a whole number from 0 to 2 is needed"),
        (put("examples", "exit_layer", 1, 1, 99), "examples.exit_layer[1][1] is 99, and a whole number from 0 to 1 is needed"),
        (put("examples", None), "examples is null, and an object is needed"),
        (drop("layers"), 'the key "layers" is missing'),
    ],
)
def test_the_first_thing_wrong_with_a_sweep_has_its_place(change: Change, said: str) -> None:
    raw = swept()
    change(raw)
    assert fault(raw) == said


def test_a_sweep_needs_no_examples() -> None:
    raw = swept()
    del raw["examples"]
    assert fault(raw) is None


@pytest.mark.parametrize("raw", [None, [], "x", 7, True, {}])
def test_what_is_no_file_of_ours_is_one_sentence(raw: Any) -> None:
    said = fault(raw)
    assert said is not None
    assert "is needed" in said


def test_it_passes_exactly_what_the_app_opens() -> None:
    """Over a thousand changed traces: no fault is told where the app opens one, none is passed over where it does not."""
    rng, verdicts = Random(14), {True: 0, False: 0}
    for i in range(1200):
        raw = values.mutated(rng, list(SOUND.values())[i % len(SOUND)])
        try:
            raw = json.loads(json.dumps(raw, allow_nan=False))
        except ValueError:
            continue  # no JSON: refused before either is asked
        told = fault(raw)
        try:
            from_plain(raw)
        except InputError:
            opened = False
        else:
            opened = True
        assert opened == (told is None), f"case {i}: {told}"
        verdicts[opened] += 1
    assert min(verdicts.values()) > 50


def test_the_table_has_the_fields_of_a_trace() -> None:
    assert sorted(part.key for part in TRACE) == sorted(field.name for field in fields(Trace))
