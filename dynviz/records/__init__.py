"""What happened, as plain numbers: `Sentences` (the layout), `Run` (many texts), `Trace` (one text), `Sweep` (a curve),
`Stream` (a policy over sentences, one after the other).

Nothing here knows of torch, plotly or streamlit. Arrays are read-only. Facts are stored once; everything else
(depth, exit layer, FLOPs, share) is derived, so that nothing can contradict itself.

Letters used in shapes: L layers (all stages on one axis), S sentences, N tokens of all sentences one after the other,
T tokens of one sentence, U answers (one per sentence, or one per token), C classes. Axis of length L+1: row 0 is the
embeddings, row l is what was measured after layer l. NaN: not read.
"""

from dynviz.records.interventions import Interventions
from dynviz.records.layout import Bools, Floats, Ints, Sentences, Unit
from dynviz.records.run import Run
from dynviz.records.stream import Stream
from dynviz.records.sweep import Recorded, Rows, Sweep
from dynviz.records.trace import Trace

__all__ = ["Bools", "Floats", "Interventions", "Ints", "Recorded", "Rows", "Run", "Sentences", "Stream", "Sweep", "Trace", "Unit"]
