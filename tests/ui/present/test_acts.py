"""Where a talk stands, and a view of one's own as an act."""

from types import SimpleNamespace

import pytest

from dynviz.errors import InputError
from dynviz.ui.present import stage, text
from dynviz.ui.present.acts import OWN, PINS, STEPS, Place, grouped, packed, read, steps, unpacked
from dynviz.ui.present.pin import pinned
from dynviz.ui.shell import state
from dynviz.ui.shell.text import PAGES

HOST = "talks.example:8501"


def walk(pins: int) -> list[tuple[int, int]]:
    """All places from the first to the last."""
    place, seen = Place(pins=pins), []
    while (place.act, place.step) not in seen:
        seen.append((place.act, place.step))
        place = place.next
    return seen


def test_next_goes_through_every_step_and_ends_at_the_last() -> None:
    assert walk(0) == [(act, step) for act, n in enumerate(STEPS, 1) for step in range(1, n + 1)]
    assert walk(2)[-2:] == [(OWN + 1, 1), (OWN + 2, 1)]


def test_back_is_the_same_way() -> None:
    place = Place(pins=1).to(OWN + 1)
    back = []
    for _ in walk(1):
        back.append((place.act, place.step))
        place = place.before
    assert back[::-1] == walk(1)
    assert place == place.before == Place(pins=1), "before the first comes nothing"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ({}, (1, 1)), ({"act": "2", "step": "3"}, (2, 3)), ({"act": "9", "step": "9"}, (3, steps(3))), ({"act": "0", "step": "0"}, (1, 1)),
        ({"act": "-1"}, (1, 1)), ({"act": "two", "step": "²"}, (1, 1)), ({"act": "1" * 40}, (1, 1)), ({"act": "4"}, (3, 1)),
    ],
)  # fmt: skip
def test_a_bad_address_is_the_nearest_place(address: dict[str, str], place: tuple[int, int]) -> None:
    found = read(address)
    assert (found.act, found.step) == place


def test_more_views_than_there_may_be_are_not_counted() -> None:
    assert read({"act": "99"}, 50) == Place(OWN + PINS, 1, PINS)


def test_the_stage_is_found_again_from_a_page_that_stands_on_it() -> None:
    address = [("pin", "compare?text=a&b=1%"), ("pin", "?x=é"), ("act", "4"), ("sentences", "1e9")]
    assert unpacked(packed(address)) == address
    assert unpacked("&" * 9000) == []
    assert len(unpacked("a=1&" * 30)) == 30
    assert unpacked("a=1&" * 3000) == [], "too many"


def test_every_view_is_kept_on_the_way_back() -> None:
    assert grouped([("pin", "a"), ("act", "3"), ("pin", "b")]) == {"pin": ["a", "b"], "act": "3"}


@pytest.mark.parametrize(
    ("link", "page", "parameters"),
    [
        ("?model=sst2-joint&text=a+b", "", {"model": "sst2-joint", "text": "a b"}),
        (f"http://{HOST}/compare?model=x", "compare", {"model": "x"}),
        (f"https://{HOST}/base/path/tradeoff?sst2-joint.entropy=0.3", "tradeoff", {"sst2-joint.entropy": "0.3"}),
        ("/sentence?text=x", "", {"text": "x"}), ("data/", "data", {}),
        ("learn?lesson=2&class=green-otter-7198&teacher=KEY&seat=1f&stage=a&pin=b&embed=true", "learn", {"lesson": "2"}),
    ],
)  # fmt: skip
def test_a_link_of_ours_becomes_an_act(link: str, page: str, parameters: dict[str, str]) -> None:
    found = pinned(link, PAGES, "sentence", HOST)
    assert (found.page, dict(found.parameters)) == (page, parameters)
    assert pinned(found.link, PAGES, "sentence", HOST) == found, "as it stands in the address"


@pytest.mark.parametrize(
    "link",
    ["", " ", "https://elsewhere.example/compare", "//elsewhere.example/", f"javascript://{HOST}/%0aalert(1)", "javascript:alert(1)",
     "data:text/html,x",
     "/present?act=1", "nothing", "compare/../..", "file:///etc/passwd", "http://[", f"http://user@{HOST}/", "?a=" + "x" * 5000, "?a\n=1",
     "?" + "&".join(f"a{i}=1" for i in range(200))],
)  # fmt: skip
def test_any_other_link_is_refused_in_one_sentence(link: str) -> None:
    with pytest.raises(InputError) as refused:
        pinned(link, PAGES, "sentence", HOST)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_names_that_no_page_has_are_left_out() -> None:
    assert dict(pinned("?<script>=1&ok=2&a/b=3", PAGES, "sentence", HOST).parameters) == {"ok": "2"}


@pytest.mark.parametrize(
    ("chosen", "asked", "why"),
    [("sst2-12-joint", {"model": "sst2-12-joint"}, ""), ("sst2-ltp", {}, "LTP"), (state.DEFAULT, {}, ""), ("", {}, "")],
)
def test_the_chosen_model_goes_onto_the_stage_or_it_is_said_why_not(
    chosen: str, asked: dict[str, str], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = SimpleNamespace(name=chosen, config=SimpleNamespace(title="LTP"))
    kept = {"choice": SimpleNamespace(entry=SimpleNamespace(name=chosen), checkpoint=checkpoint)} if chosen else {}
    monkeypatch.setattr(stage.st, "session_state", kept)
    monkeypatch.setattr(stage, "candidates", lambda: (SimpleNamespace(checkpoint=SimpleNamespace(name="sst2-12-joint")),))
    assert stage._chosen() == asked
    told = [stage.said_why("Another") for _ in range(2)]
    assert told == [text.INSTEAD.format(asked=why, shown="Another") if why else "", ""], "said once"
