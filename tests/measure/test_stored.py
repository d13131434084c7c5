"""Numbers beside a checkpoint are shown only where they are its own: others are one sentence, and none of the neighbours suffers."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dynviz import api
from dynviz.errors import InputError
from dynviz.records import zoo

Break = Callable[[Path], object]
SPLITS = ("readings-report.parquet", "readings-calibration.parquet")


@pytest.fixture
def box(shelf: Path, tmp_path: Path) -> Path:
    """A copy of the checkpoints, free to be broken."""
    shutil.copytree(shelf, tmp_path / "box")
    return tmp_path / "box"


def edit_json(name: str, change: Callable[[Any], object]) -> Break:
    def edit(folder: Path) -> None:
        raw = json.loads((folder / name).read_text())
        change(raw)
        (folder / name).write_text(json.dumps(raw))

    return edit


def edit_about(**changes: Any) -> Break:
    def edit(folder: Path) -> None:
        for file in folder.glob("*-report.parquet"):
            table = pq.read_table(file)
            about = {**json.loads(table.schema.metadata[b"dynviz"]), **changes}
            pq.write_table(table.replace_schema_metadata({"dynviz": json.dumps(about)}), file)

    return edit


def without(column: str) -> Break:
    def edit(folder: Path) -> None:
        pq.write_table(pq.read_table(folder / SPLITS[0]).drop_columns([column]), folder / SPLITS[0])

    return edit


def of_another(folder: Path) -> None:
    for name in SPLITS:
        shutil.copy(folder.parent / "sst2-plain" / name, folder / name)


NUMBERS: dict[str, tuple[str, Break, str]] = {
    "of another checkpoint": ("sst2-joint", of_another, "they were measured on .*sst2-plain"),
    "of another version": ("sst2-joint", edit_about(digest="0" * 12), "they were measured on 000000000000"),
    "of a checkpoint changed since": ("sst2-joint", edit_json("config.json", lambda c: c.update(knobs={"entropy": 0.4})), "measured on"),
    "of another task": ("sst2-joint", edit_about(task="imdb"), "they were measured on .*imdb"),
    "of other options": ("sst2-joint", edit_about(options={"pooling": "cls"}), "they were measured on .*pooling"),
    "of fewer layers": ("sst2-ltp", edit_about(layers=3), "exit|measured on"),
    "without what the rule reads": ("sst2-joint", without("reading.uncertainty"), "they lack the reading 'uncertainty'"),
    "of other knobs": ("sst2-ltp", edit_about(knobs=[{"x": 0.0}] * 9), "measured on|where 9 are needed"),
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_that_are_not_the_checkpoints_are_one_sentence(kind: str, box: Path) -> None:
    name, change, said = NUMBERS[kind]
    assert api.stored_sweep(api.find(name, box), "report") is not None
    change(box / name)
    broken = api.find(name, box)
    for ask in (lambda: api.stored_sweep(broken, "report"), lambda: api.stored_at(broken, "report", api.default_knobs(broken))):
        with pytest.raises(InputError, match=said):
            ask()
    assert api.stored_sweep(api.find("sst2-plain", box), "report") is not None
    assert api.static_line("sst2", "report", box) is not None


def test_one_plain_model_whose_numbers_do_not_fit_leaves_the_static_line_of_the_others(box: Path) -> None:
    (box / "sst2-plain" / SPLITS[0]).write_bytes(b"")
    assert api.static_line("sst2", "report", box) is None


def first_pair(change: Callable[[Any], object]) -> Break:
    return edit_json("golden.json", lambda raw: change(raw["pairs"][0]))


FIRST = {"ids": ["s001", "s030"], "pairs": [0, 1], "of": 9, "dearer": 4, "cheaper": 1}


def first_texts(**changes: Any) -> Break:
    return edit_json("golden.json", lambda raw: raw.update(first={**FIRST, **changes}))


GOLDEN: dict[str, tuple[Break, str]] = {
    "empty": (lambda f: (f / "golden.json").write_text(""), "is not JSON"),
    "a folder": (lambda f: ((f / "golden.json").unlink(), (f / "golden.json").mkdir()), "it is a folder"),
    "a list": (lambda f: (f / "golden.json").write_text("[]"), "cannot be read"),
    "of another schema": (edit_json("golden.json", lambda raw: raw.update(schema="x" * 10**5)), "schema 'xxx"),
    "no pairs": (edit_json("golden.json", lambda raw: raw.pop("pairs")), "pairs"),
    "pairs of numbers": (edit_json("golden.json", lambda raw: raw.update(pairs=[1])), "cannot be read"),
    "of another version": (first_pair(lambda p: p["full"].update(digest="0" * 12)), "measured on 000000000000"),
    "of another checkpoint": (first_pair(lambda p: p["trace"].update(model="sst2-plain")), "measured on"),
    "of other labels": (first_pair(lambda p: [p[k].update(labels=["a", "b"]) for k in ("trace", "full")]), "measured on"),
    "of two texts": (first_pair(lambda p: p["full"].update(text=p["full"]["text"] + "!")), "not of one text"),
    "an answer that is none": (first_pair(lambda p: p["full"].update(answer=[[None, None]])), "the answer is not a number"),
    "compared that is none": (first_pair(lambda p: p.update(compared=[5])), "cannot be read"),
    "compared of text": (first_pair(lambda p: p["compared"][0].update(values=["a"])), "something else than numbers"),
    "compared of another shape": (first_pair(lambda p: p["compared"][0].update(values=[0.5], limits=[0.5])), "another shape"),
    "first texts of a number": (edit_json("golden.json", lambda raw: raw.update(first=5)), "golden.json cannot be read"),
    "first texts that are not there": (first_texts(pairs=[0, 99]), "the pairs 0 and 99 of"),
    "first texts that are one": (first_texts(pairs=[1, 1]), "the pairs 1 and 1 of"),
    "first texts before the first": (first_texts(pairs=[-1, 0]), "greater than or equal to 0"),
    "three first texts": (first_texts(ids=["a", "b", "c"]), "at most 2"),
    "first texts with a long name": (first_texts(ids=["a" * 10**5, "b"]), "at most 100"),
    "more pairs than there are": (first_texts(dearer=9), "9 pairs cost more and 1 less, of 9"),
    "pairs of pairs": (first_texts(of=[1]), "golden.json cannot be read"),
    "more to say": (first_texts(colour="red"), "colour"),
    "compared of a number for a name": (first_pair(lambda p: p["compared"][0].update(label=5)), "are texts"),
}


@pytest.mark.parametrize("kind", GOLDEN)
def test_golden_traces_that_do_not_fit_are_one_sentence(kind: str, box: Path) -> None:
    change, said = GOLDEN[kind]
    change(box / "sst2-joint")
    broken = api.find("sst2-joint", box)
    with pytest.raises(InputError, match=said) as caught:
        api.stored_pairs(broken)
    assert len(str(caught.value)) < 700
    assert api.card(broken).name == "entropy_exit", "its method's own file says what it is"
    assert api.stored_pairs(api.find("sst2-plain", box))


CARDS: list[Callable[[Any], object]] = [
    lambda raw: raw.update(card=5), lambda raw: raw["card"].update(knobs=[5]), lambda raw: raw["card"].update(colour="red"),
    lambda raw: raw["card"]["knobs"][0].update(step=0), lambda raw: raw["card"]["knobs"][0].update(low=5.0, high=1.0),
    lambda raw: raw["card"]["knobs"][0].update(step=1e-12), lambda raw: raw["card"]["knobs"][0].update(default="high"),
    lambda raw: raw["card"].update(kind="magic"), lambda raw: raw["card"].update(readings={"a": 1}),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(CARDS)))
def test_a_card_that_does_not_fit_is_one_sentence(number: int, box: Path) -> None:
    from dynviz.checkpoint import golden

    edit_json("golden.json", CARDS[number])(box / "sst2-joint")
    with pytest.raises(InputError, match=r"golden\.json cannot be read"):
        golden.read_card(box / "sst2-joint")


SOUND = json.loads((api.checkpoint_root() / zoo.FILE).read_text())
ZOOS: dict[str, tuple[Callable[[Any], object], str]] = {
    "tasks of a list": (lambda raw: raw.update(tasks=[]), "valid dictionary"),
    "a task of a number": (lambda raw: raw["tasks"].update(sst2=5), "sst2"),
    "a field that is missing": (lambda raw: raw["tasks"]["sst2"].pop("plain"), "sst2.plain: field required"),
    "a field too many": (lambda raw: raw["tasks"]["sst2"].update(colour=1), "sst2.colour"),
    "an interval of two": (lambda raw: raw["tasks"]["sst2"]["scores"][0].update(score=[1, 2]), r"scores\.0\.score"),
    "an accuracy of text": (lambda raw: raw["tasks"]["sst2"].update(plain_accuracy="high"), "plain_accuracy"),
    "somebody unknown": (lambda raw: raw["tasks"]["sst2"]["scores"][0].update(contender="nobody"), "nobody, which is no contender"),
    "no contenders": (lambda raw: raw["tasks"]["sst2"].update(contenders=[]), "which is no contender"),
}


@pytest.mark.parametrize("kind", ZOOS)
def test_a_zoo_that_does_not_fit_is_one_sentence(kind: str, tmp_path: Path) -> None:
    change, said = ZOOS[kind]
    raw = json.loads(json.dumps(SOUND))
    change(raw)
    (tmp_path / zoo.FILE).write_text(json.dumps(raw))
    with pytest.raises(InputError, match=said) as caught:
        api.zoo(tmp_path)
    assert len(str(caught.value)) < 700


def test_a_start_that_leads_elsewhere_is_not_followed(box: Path) -> None:
    told = {"start": "../box/sst2-plain", "stages": {"a": {"steps": 5}}}
    edit_json("config.json", lambda raw: raw.update(trained=told))(box / "sst2-joint")
    edit_json("config.json", lambda raw: raw.update(trained={"stages": {"a": {"steps": 7}}}))(box / "sst2-plain")
    assert api.trained_steps(api.find("sst2-joint", box)) == 5
