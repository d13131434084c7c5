"""Data sets of the Hub, with a stand-in for the package that fetches them: subsets, splits, parts, class names, bounds."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from dynviz.data import MAX_ROWS, read
from dynviz.errors import InputError
from dynviz.records.tasks import TASKS

SST2, POS = TASKS["sst2"], TASKS["pos"]
NAMES = SimpleNamespace(names=["positive", "negative"])
TAGS = SimpleNamespace(feature=SimpleNamespace(names=["NOUN", "VERB"]))
FILMS = [{"text": "A warm film.", "label": 0}, {"text": "A cold film.", "label": 1}]
SETS: dict[str, dict[str, dict[str, Any]]] = {
    "some/films": {"default": {"train": FILMS * 2, "test": [{**row, "label": -1} for row in FILMS], "validation": FILMS}},
    "some/tags": {"en": {"train": [{"tokens": ["Cats", "run"], "tags": [0, 1]}]}, "de": {"train": []}},
    "some/lines": {"default": {"train": [{"text": "A line."}], "test": [{"text": "Another line."}]}},
    "some/many": {"default": {"train": [FILMS[0]] * (MAX_ROWS + 2)}},
    "some/blind": {"default": {"train": [{"text": "A film.", "label": -1}]}},
}
FEATURES = {"some/films": {"label": NAMES}, "some/tags": {"tags": TAGS}, "some/many": {"label": NAMES}}


class _Stream(list[Any]):
    features: Any = None


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str, subset: str, split: str, streaming: bool) -> _Stream:
        assert streaming, "a split is never fetched whole"
        stream = _Stream(SETS[name][subset][split])
        stream.features = FEATURES.get(name)
        return stream

    def builder(name: str, subset: str) -> Any:
        return SimpleNamespace(
            info=SimpleNamespace(splits={s: SimpleNamespace(num_examples=len(r)) for s, r in SETS[name][subset].items()})
        )

    module = ModuleType("datasets")
    vars(module).update(
        get_dataset_config_names=lambda name: list(SETS[name]),
        get_dataset_split_names=lambda name, subset: list(SETS[name][subset]),
        load_dataset=load,
        load_dataset_builder=builder,
    )
    monkeypatch.setitem(sys.modules, "datasets", module)
    monkeypatch.setattr("dynviz.data.hub.find_spec", lambda name: module)


def test_class_names_say_what_numbers_mean_and_the_default_split_has_labels() -> None:
    found = read("some/films", SST2)
    assert found.labels == ("positive", "negative"), "by the data set's own names, not the task's numbers"
    assert found.note == "Split 'validation'."


def test_a_data_set_without_any_labels_is_read_from_its_first_split() -> None:
    assert read("some/lines", SST2).texts == ("Another line.",)
    blind = read("some/blind", SST2)
    assert (blind.labels, blind.note) == (None, "Split 'train'. Column 'label' holds no labels.")


@pytest.mark.parametrize(("part", "ids"), [("[:3]", "123"), ("[1:3]", "23"), ("[:50%]", "12"), ("[50%:]", "34"), ("", "1234")])
def test_a_part_of_a_split_is_read(part: str, ids: str) -> None:
    assert read(f"some/films:train{part}", SST2).ids == tuple(ids)


def test_a_subset_is_named_where_there_are_several() -> None:
    found = read("some/tags/en:train", POS)
    assert (found.texts, found.labels, found.note) == ((("Cats", "run"),), (("NOUN", "VERB"),), "Subset 'en', split 'train'.")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("some/tags", "some/tags has several subsets: they are: en, de. Name one of them, e.g. some/tags/en."),
        ("some/tags/fr:train", "has no subset 'fr': they are: en, de"),
        ("some/tags/de", "holds no rows"),
        ("some/films:dev", "has no split 'dev': its splits are: train, test, validation"),
        ("some/films:train[-5:]", "names no data set"),
        ("some/films:train[3]", "The part [3] cannot be read"),
        ("some/many:train", "more than 50,000 rows: that many would take hours. Take a part: some/many:train[:50000]."),
        ("no/such", "The data set 'no/such' cannot be read"),
    ],
)
def test_what_cannot_be_fetched_is_one_sentence(source: str, why: str) -> None:
    with pytest.raises(InputError) as caught:
        read(source, SST2)
    assert why in str(caught.value)


def test_a_great_split_is_cut_off_by_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dynviz.data.hub.MAX_BYTES", 20)
    with pytest.raises(InputError, match="larger than"):
        read("some/films", SST2)
