"""A figure in the making: traces and a layout gathered as plain dicts, checked by plotly once, at the end.

plotly checks every update of a figure against its whole schema, which took most of the time of a picture that is drawn anew
at each turn of a knob.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import plotly.graph_objects as go

_AXIS = {letter: re.compile(rf"{letter}axis\d*") for letter in "xy"}


class Sketch:
    """What the drawing functions need of a go.Figure, gathered; `figure` makes it one."""

    def __init__(self, traces: Iterable[Any] = ()) -> None:
        self.traces = list(traces)
        self.layout: dict[str, Any] = {"xaxis": {}, "yaxis": {}}
        self.shapes: list[dict[str, Any]] = []
        self.annotations: list[dict[str, Any]] = []

    def add_trace(self, trace: Any) -> None:
        """One more trace, on top."""
        self.traces.append(trace)

    def add_shape(self, shape: Mapping[str, Any] | None = None, **more: Any) -> None:
        """One more shape."""
        self.shapes.append({**(shape or {}), **more})

    def add_annotation(self, annotation: Mapping[str, Any] | None = None, **more: Any) -> None:
        """One more annotation."""
        self.annotations.append({**(annotation or {}), **more})

    def update_layout(self, **settings: Any) -> None:
        """Set these, key by key down to the leaves."""
        _merge(self.layout, settings)

    def update_xaxes(self, settings: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Set these on every x axis there is."""
        self._axes("x", {**(settings or {}), **more})

    def update_yaxes(self, settings: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Set these on every y axis there is."""
        self._axes("y", {**(settings or {}), **more})

    def _axes(self, letter: str, settings: Mapping[str, Any]) -> None:
        for name in [key for key in self.layout if _AXIS[letter].fullmatch(key)]:
            _merge(self.layout[name], settings)

    def figure(self) -> go.Figure:
        """The figure."""
        return go.Figure(self.traces, {**self.layout, "shapes": self.shapes, "annotations": self.annotations})


def _merge(into: dict[str, Any], settings: Mapping[str, Any]) -> None:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            if not isinstance(into.get(key), dict):
                into[key] = {}
            _merge(into[key], value)
        else:
            into[key] = value
