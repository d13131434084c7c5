"""Several visitors on the real server: nobody ever sees another's words, knob or answer, and nobody pays for coming first."""

from contextlib import ExitStack
from pathlib import Path

from dynviz.jobs.lock import NAME
from dynviz.jobs.shelf import PREFIX
from tests.benchmarks.client import visiting
from tests.benchmarks.cold import opened
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


SLOW = """import sys, time
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name in ("pandas._libs", "transformers.generation"):
            time.sleep(1)
sys.meta_path.insert(0, Slow())
"""


def test_eight_who_open_a_fresh_server_together_all_get_their_page(checkpoints: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(SLOW)  # half of pandas stands there for a second: time enough to run into it
    left = tmp_path / f"{PREFIX}left"  # by a server that was killed
    left.mkdir(0o700)
    (left / NAME).touch()
    environment = {"DYNVIZ_CHECKPOINTS": str(checkpoints), "DYNVIZ_MODELS": "", "PYTHONPATH": str(tmp_path), "TMPDIR": str(tmp_path)}
    seconds, wrong = opened(8, environment)
    assert not wrong
    assert len(seconds) == 8
    assert not list(tmp_path.glob(f"{PREFIX}*")), "neither the killed server's runs are left, nor those of one that was told to stop"
