"""Plotly's kinds of drawings, each of which it imports when it is first named: here they are whole before several threads name them."""

import plotly.graph_objects as go

WHOLE = (go.Figure, go.Scatter, go.Bar, go.Frame)
