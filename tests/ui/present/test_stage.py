"""The stage on the shipped models: every act from stored numbers alone, and nothing on it that may not be said."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dynviz import api
from dynviz.records.pair import Golden, Pair
from dynviz.ui.present import html, idea, text
from dynviz.ui.present.acts import OWN, STEPS
from dynviz.ui.present.cast import Cast, introduced, widest
from tests.figures.test_tower import mind

ROOT = Path(__file__).parents[3]
SCRIPT = """
import json, sys
from streamlit.testing.v1 import AppTest
seen = {}
for act, step in json.loads(sys.argv[1]):
    at = AppTest.from_file("app.py", default_timeout=180).switch_page("dynviz/ui/pages/present.py")
    if act: at.query_params.update({"act": str(act), "step": str(step), "notes": "1"})
    else: at.query_params["handout"] = "1"
    at.run()
    assert not at.exception and not at.error, (act, step, at.exception, at.error)
    html = [e.proto.body for e in at.get("html") if "<style" not in e.proto.body]
    charts = [e.proto.alt for e in at.get("plotly_chart")]
    seen[f"{act}.{step}"] = {"html": html, "charts": charts, "buttons": [b.label for b in at.button]}
seen["torch"] = "torch" in sys.modules
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen() -> dict[str, dict[str, list[str]]]:
    """What each step, and the hand-out (0.0), puts on the screen; in a process of its own, so that what it imports is its own."""
    places = [(act, step) for act, n in enumerate(STEPS, 1) for step in range(1, n + 1)] + [(0, 0)]
    code = [sys.executable, "-c", SCRIPT.replace('"app.py"', repr(str(ROOT / "app.py"))), json.dumps(places)]
    done = subprocess.run(code, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, dict[str, list[str]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def words(html: list[str]) -> str:
    return re.sub(r"<[^>]+>", " ", " ".join(html)).replace("\u00a0", " ")


def test_no_act_waits_for_torch(seen: dict[str, dict[str, list[str]]]) -> None:
    assert not seen["torch"]
    assert len(seen) == sum(STEPS) + 2


def test_each_act_has_one_title_a_picture_and_its_steps(seen: dict[str, dict[str, list[str]]]) -> None:
    for place, screen in seen.items():
        if place != "torch":
            assert sum(part.count("<h1") for part in screen["html"]) == 1, place
    assert len(seen["1.1"]["charts"]) == 2
    assert "None of the" in seen["1.1"]["charts"][0], "the question does not give the answer away"
    assert "%" not in words(seen["1.1"]["html"]), "nor does a number"
    assert "?" in words(seen["1.2"]["html"]), "the second text is still a question"
    assert words(seen["1.4"]["html"]).count("of the work of the plain model") == 2


def test_the_numbers_are_those_of_the_stored_sweep(seen: dict[str, dict[str, list[str]]]) -> None:
    title = words(seen["2.1"]["html"][:1])
    found = re.search(r"(\d+) % of the work, ([\d.]+) of 100 right; plain model ([\d.]+)", title)
    assert found
    named = [c for c in api.checkpoints() if c.config.title in words(seen["2.1"]["html"]) and c.recorded("report")]
    points = [api.shipped_point(c, "report") for c in named]
    told = [
        (f"{p.share * 100:.0f}", f"{p.accuracy * 100:.1f}", f"{(p.accuracy - p.to_plain[0]) * 100:.1f}") for p in points if p and p.to_plain
    ]
    assert found.groups() in told


MUST_NOT = (
    "as accurate as", "as good as before", "without loss", "no loss", "faster", "times as fast", "CO2", "carbon", "any text", "every text",
    "it knows", "understands", "guarantee", "free",
)  # fmt: skip


def strings() -> list[str]:
    """All words of the stage as they stand in its file."""
    out: list[str] = []
    todo: list[object] = [value for name, value in vars(text).items() if name.isupper()]
    while todo:
        value = todo.pop()
        todo += list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, tuple) else []
        out += [value] if isinstance(value, str) else []
    return out


def test_no_times_percent_or_money_stand_outside_a_hole() -> None:
    told = [re.sub(r"\{[^}]*\}", "", line) for line in strings()]
    assert not [line for line in told if re.search(r"\d[\d.,]*\s*(%|percent|times\b|ms\b|x\b|core-hours|kWh|watts)|[$€£]", line)]
    assert len(told) > 60


def test_what_must_not_be_said_is_not_said(seen: dict[str, dict[str, list[str]]]) -> None:
    for place, screen in seen.items():
        if place != "torch":
            said = words(screen["html"]) + " ".join(screen["charts"])
            assert not [phrase for phrase in MUST_NOT if phrase.lower() in said.lower()], place


def test_what_is_not_claimed_stands_on_the_stage_and_on_the_sheet(seen: dict[str, dict[str, list[str]]]) -> None:
    for place in ("3.2", "0.0"):
        assert all(line.split(":")[0] in words(seen[place]["html"]) for line in (*text.NOT, *text.NOT_WORST.values()))
        assert text.NOT_KNOWN["sure"] in words(seen[place]["html"]), "the rule's own words"
    said = " ".join((*text.NOT, *text.NOT_WORST.values(), *text.NOT_KNOWN.values()))
    assert all(word in said for word in ("GPU", "worst case", "assumed, not measured", "traffic", "knows", "another task"))


def test_the_speaker_has_words_for_every_step(seen: dict[str, dict[str, list[str]]]) -> None:
    assert set(text.SAY) == {(act, step) for act, n in enumerate(STEPS, 1) for step in range(1, n + 1)}
    assert all("stage-notes" in " ".join(seen[f"{act}.{step}"]["html"]) for act, step in text.SAY)
    assert not [1 for act, step in text.SAY if "{" in words(seen[f"{act}.{step}"]["html"])]
    assert len(text.ACTS) == OWN


# the rule that chooses, and what act 1 says, on runs of four layers


def pair(*probs: float, words: str = "") -> Pair:
    run = mind(list(probs))
    return Pair(run, mind([*probs, *[probs[-1]] * (4 - len(probs))]))


CHEAP, MIDDLE, DEAR, TURNED = pair(0.9), pair(0.6, 0.9), pair(0.6, 0.4, 0.4, 0.3), Pair(mind([0.9]), mind([0.9, 0.1, 0.1, 0.1]))


def test_the_widest_couple_is_chosen_the_cheaper_first() -> None:
    assert widest([DEAR, MIDDLE, CHEAP]) == (CHEAP, DEAR)
    assert widest([CHEAP, CHEAP]) is None, "no contrast"
    assert widest([TURNED, DEAR]) is None, "a text on which full depth says something else is no introduction"
    assert introduced(Golden((MIDDLE, CHEAP, DEAR))) == (CHEAP, DEAR)


def test_the_title_and_the_line_follow_from_the_runs() -> None:
    cast = Cast(api.checkpoints()[0], CHEAP, DEAR, 151)
    assert idea.title(cast) == "Equally long: four layers instead of one"
    assert idea.line(cast, 3) == "It changed its answer after layer 2."
    assert idea.line(cast, 4).startswith("One text stops after 1 layer. The other pays the full price")
    assert idea.line(Cast(api.checkpoints()[0], CHEAP, MIDDLE, 151), 4).endswith("The other goes on to layer\u00a02.")
    assert idea.how(DEAR) == ("after all 4 layers", "")
    assert idea.how(CHEAP)[1] == "full depth says the same"
    assert idea.how(TURNED)[1] == "full depth says yes"
    assert idea.line(Cast(api.checkpoints()[0], MIDDLE, pair(0.6, 0.7, 0.9), 151), 3) == "It said the same after every layer."


def test_the_words_that_differ_are_marked_where_the_others_are_the_same() -> None:
    never = html.marked("The plot is never <b>dull</b>.", "The plot is <b>dull</b>.")
    assert never == "“The plot is <mark>never</mark> &lt;b&gt;dull&lt;/b&gt;.”"
    assert html.marked("Nobody in the audience laughed.", "Everybody in the audience laughed.").count("<mark>") == 1
    assert "<mark>" not in html.marked("The cast is wonderful.", "You will not regret a minute of this.")
