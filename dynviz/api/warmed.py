"""What loading and running a model needs, imported once.

Whoever imports this module first does the work, and all others wait for it: parts of `transformers` import each other in a circle, and of
two threads that enter the circle at different places one is given half a module.
"""

from transformers import AutoTokenizer, BertModel, BertTokenizerFast

from dynviz.checkpoint import hf, model
from dynviz.core import engine
from dynviz.methods import methods

LOADED = (AutoTokenizer, BertModel, BertTokenizerFast, hf, model, engine, *methods())
