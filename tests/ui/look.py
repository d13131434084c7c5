"""What is on the screen, in words."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest

WORDS = ("title", "header", "subheader", "markdown", "caption", "info")  # kinds of elements


def verdict(at: AppTest) -> str:
    """The line that says what came out, without the signs that keep markdown from reading it."""
    return str(at.title[0].value).replace("\\", "")


def finding(at: AppTest) -> str:
    """The heading of the page's first part, likewise."""
    return str(at.header[0].value).replace("\\", "")


def words(at: AppTest) -> str:
    """All text of the page; where a line may not break stands a space as any."""
    kinds = (at.title, at.header, at.subheader, at.markdown, at.caption, at.error, at.warning, at.info)
    said = [str(element.value) for kind in kinds for element in kind] + [part.label for part in at.expander]
    return "\n".join(said).replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def charts(at: AppTest) -> list[Any]:
    """The pictures, in order."""
    return [element.proto for element in at.get("plotly_chart")]


def drawn(chart: Any) -> str:
    """All a picture holds, as text."""
    return json.dumps(json.loads(chart.spec), ensure_ascii=False)


def metric(at: AppTest, label: str | tuple[str, ...]) -> str:
    """The value of the metric whose label begins so, or with one of these."""
    return str(next(m.value for m in at.metric if m.label.startswith(label)))


def well(at: AppTest) -> None:
    """Nothing went wrong, and every picture has a name for those who do not see it."""
    assert not at.exception
    assert not at.error, [e.value for e in at.error]
    assert charts(at)
    assert all(chart.alt for chart in charts(at))
