"""The page opened, and what it says."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.checkpoints import Spec
from tests.ui.look import WORDS

ROOT = Path(__file__).parents[3]
MORE = (
    Spec("sst2-gate", "gate_bert"), Spec("sst2-right-tool", "right_tool"), Spec("sst2-act", "act"),
    Spec("sst2-expected-accuracy", "expected_accuracy"), Spec("sst2-attention-topk", "attention_topk", knobs=(("keep", 1.0),)),
)  # fmt: skip


def opened(method: str = "", **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
    at.switch_page("dynviz/ui/pages/methods.py")
    for name, value in {**({"method": method} if method else {}), **query}.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    said = "\n".join(e.value for kind in WORDS for e in getattr(at, kind))
    return typed(said)


def alts(at: AppTest) -> list[str]:
    return [chart.proto.alt for chart in at.get("plotly_chart")]


def typed(cell: str) -> str:
    """A cell of a table as it was before it became Markdown."""
    return cell.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")
