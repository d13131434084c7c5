"""Several visitors on the real server: nobody ever sees another's words, knob or answer."""

from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.client import visiting
from tests.benchmarks.visitors import Load, crowd
from tests.browser.server import serving


def test_no_visitor_sees_anothers_words_or_answers(checkpoints: Path) -> None:
    load = Load(3, 2, 3, 0.0, ("sst2-joint", "sst2-ltp", "pos-tokee"), checkpoints, ("compare",))
    environment = {"DYNVIZ_CHECKPOINTS": str(checkpoints), "DYNVIZ_MODELS": ""}
    with serving(environment) as address, ExitStack() as stack:
        told = crowd(address, load, stack)
        assert {action: len(seconds) for action, seconds in told.seconds.items()} == {
            "first picture": 3, "new sentence": 6, "knob tick": 18, "page switch": 12,
        }  # fmt: skip
        assert not told.met
        assert not told.wrong
        with visiting(address, ("wonderful",), model="sst2-joint", text="The cast is wonderful.") as own:
            own.run()
            assert own.met == {b"wonderful"}, "a word on the page is found, so that the search above can fail"
