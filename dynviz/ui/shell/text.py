"""Every string of the shell and of the parts that several pages share, in one place, so that they can be translated."""

from dynviz.records.card import Kind

PAGES = {
    "sentence": "Sentence", "compare": "Compare", "tradeoff": "Trade-off", "data": "Data", "yours": "Your model", "learn": "Learn",
    "methods": "Methods",
}  # fmt: skip
PRESENT = "Present"
WITHOUT_SIDEBAR = {"learn", "present", "yours"}  # a lesson chooses its model itself, the stage by a rule, and here one is made

# sidebar
MODEL = "Model"
MODEL_HELP = "The sign says what stops: {signs}. Its knobs, below, trade accuracy for compute."
BACKBONE = "Layers"
BACKBONE_HELP = (
    "The pre-trained model underneath. Each has a plain model of its own, and every share of compute is of that: shares of one and of "
    "the other are no measure of each other."
)
LAYERS, LAYERS_OF = "{n} layers", "{n} layers ({name})"
FITTED = "{name}, fitted"
KIND = "What stops"
ALL_KINDS = "Anything ({n})"
SOME_KINDS = "{sign} {kind} ({n})"
LINE = "{sign} {title}"
TASK = "Task"
TASK_HELP = "What the models were trained to do."
STOPS: dict[Kind | None, str] = {
    "exit": "Sentence stops", "depth": "Word stops", "tokens": "Words dropped", "layers": "Layers skipped", "cascade": "Small, then big",
    "baseline": "Baseline", None: "Other",
}  # fmt: skip
SIGNS: dict[str, str] = dict(zip(STOPS.values(), "■▟×↷»○·", strict=True))  # before each model of the menu
TERMS = "Terms"
FULL = "Full depth"
FULL_HELP = "Switch the method off: every layer computes every token."
RESET = "Reset"
RESET_HELP = "Back to the settings the checkpoint ships with."
FAMILY_HELP = "Set in training: each step is a checkpoint of its own."
STOPS_MORE = {"up": "Right: stops more.", "down": "Left: stops more."}
NO_KNOB = "This one has no knob: it always computes everything."
NO_CHECKPOINTS = (
    "No checkpoint is installed. Put checkpoint folders into sample_checkpoints/, or start with: streamlit run app.py -- --model FOLDER"
)
KNOB_BEYOND = "The link asks for {name} = {asked}, and it goes from {low} to {high}. Shown instead: {shown}."
KNOB_NO_STEP = "The link asks for {name} = {asked}, which is no step from {low} to {high}. Shown instead: {shown}."
NO_SUCH_MODEL = "The link names a model that is not here, {name}. Shown instead: {shown}."
TRAINED_ON = "Trained on {what}. It reads other texts too, but its answers there deserve less trust."
BROKEN = {
    1: "One model folder cannot be used and was left out; the server's log says which and why.",
    2: "{n} model folders cannot be used and were left out; the server's log says which and why.",
}
UNREADABLE_FILES = (
    "{name} cannot be shown here",
    "one of its files does not fit, or is not its own",
    "Choose another model; whoever runs this server finds the reason in its log, and by: python -m dynviz doctor {name}",
)
NO_MEMORY = (
    "{name} cannot be loaded now",
    "this server has no memory left for it",
    "Try again in a while, or choose a model of fewer layers",
)
_LOG_SAYS = "The server's log says why"
UNREADABLE_ZOO = ("The methods cannot be compared", "the file of stored comparisons does not fit", _LOG_SAYS)
UNREADABLE_PRUNED = ("Dropped tokens cannot be judged", "the file of stored numbers does not fit", _LOG_SAYS)
LOADING = "Loading the model (the first time takes a few seconds)"
LOADING_BASE = "Loading the layers that all models of {layers} layers share: this happens once"
APP = "DynViz"
TASKS = {
    "pos": "part of speech", "sst2": "sentiment", "imdb": "review sentiment", "clinc150": "intent", "wnut17": "names", "mrpc": "paraphrase",
}  # fmt: skip


def task(name: str) -> str:
    """A task, as a control shows it."""
    return TASKS.get(name, name).capitalize()


FAILED = "Something went wrong on our side. It was written to the server's log; everything else keeps working."

# text and examples
TEXT = "Text"
TEXT_HINT = "Type or paste a {noun}, or choose an example"
PAIR = "Two texts, each on a line of its own"
PAIR_HINT = "First text ⏎ Second text"
PAIR_HELP = "This model compares two texts. Write the first, press Enter, write the second; or choose an example, which holds both."
RUN = "Run"
CLEAR = "Clear"
EXAMPLES = "Examples"
EXAMPLES_HINT = "Choose an example"
LOOK_FOR = "What to look for: {line}"
UPLOAD = "Open a trace (JSON)"
UPLOAD_HELP = "A file in the form dynviz.trace/1, at most 5 MB. No model runs: the page shows what the file says."
NO_UPLOADS = (
    "This is a public demo: it opens no files, and reads texts of at most {characters:,} characters. Installed, DynViz opens your own."
)
UNREADABLE = "The trace cannot be read"
NOT_TEXT, AGAIN = "it is not UTF-8 text", "Export it again from DynViz"
TOO_BIG, SHORTER = "it has more than {megabytes} MB", "Export a shorter text"
_CHARACTERS = "it has {n:,} characters, and this demo reads at most {most:,}"
TOO_LONG = ("The text is too long", _CHARACTERS, "Shorten it")
LONG_ROW = ("Row {place} is too long", _CHARACTERS, "Shorten it or leave it out")
TOO_MANY = ("These are too many rows for one run", "there are {n:,}, and this server takes at most {most:,}", "Leave some out")
LEFT_OUT = "Demo: only the bundled models are offered; left out: %s"

# picking a word
PARTS = {"words": "Words shown", "tokens": "Tokens shown", "pieces": "Tokens shown"}
WORD = "Look at one word"

# panels
HOW, MATHS, LIMITS = "How to read this", "The maths", "What this does not show"
TABLE = "Table"
CSV = "CSV"

KEY = {
    "ladder_merged": "Ribbon: pieces that flow into one, wider the more. Arrow: merged there. Bars: tokens computed in each layer.",
    "funnel": "Left: tokens computed, of all that came in. Right: what each layer costs beside a plain one.",
    "trajectory": "Solid: computed. Dashed: after the stop, shown for teaching. Ring: the reading with which it stopped.",
    "halting": "Bars: weight left to later layers. Lines: the least the leading class can end with, the most the next can.",
    "scores": "Below 1: under the layer's limit. Framed: dropped there.",
    "ranks": "Number: the place among the tokens ranked in the layer, 1 the largest. Framed: left there. Blank: not ranked.",
    "boxes": "Filled: run. Dashed: skipped. Pale: not reached. Bold: the rule's condition holds.",
    "rule": "Dotted: the limit. Tinted or framed: where the rule's condition holds. Ring: the first layer at which it does.",
}
LADDER_KEY = {
    "dropped": "Struck: dropped there. Dot: gone.",
    "frozen": "Slanted: frozen, still seen.",
    "skipped": "↷: passed on unchanged.",
    "bars": "Bars: tokens computed in each layer.",
}  # the marks that occur, and the bars
HOW_TO = {
    "staircase": (
        "Words from left to right, layers from bottom to top. A filled cell was computed; a blank one was not, and cost nothing. "
        "The number on top is the word's depth: how many layers it went through. The line follows the last computed layer."
    ),
    "ladder": (
        "One line of text per layer. Words never move: a token is struck where it is dropped and a dot where it is gone. "
        "The bars count the tokens computed in each layer. Point at a word to see what the rule read of it."
    ),
    "ladder_merged": (
        "A line of text for every layer. Where a token is merged stands an arrow, and a ribbon flows from it to the token that holds it "
        "from then on, wider the more pieces that one stands for. Point at a word to read whom it holds."
    ),
    "funnel": "Tokens still computed after each layer, from the input at the top, and what each layer costs beside a plain one.",
    "boxes": (
        "A box for each layer, from left to right. Between two boxes stands what was read there: by which the text stops, and by which "
        "it goes into the next box or past it."
    ),
    "rule": (
        "The quantity the rule computes from its readings, after each layer that was run, and the limit it is held against. "
        "It stops at the first layer at which the condition holds; where there are several, the line above says whether one is enough."
    ),
    "trajectory": (
        "How sure the model is of each answer after every layer. The lower panel is what the rule looks at, and the line it is held "
        "against. Dashed: after the stop, not computed in the real run, filled in from full depth for teaching."
    ),
    "halting": (
        "Each layer votes, and says how much weight it leaves to the layers above it. Once the least that the leading class can end with "
        "is at least the most that the next can, no later layer can change the answer, and the text stops."
    ),
    "scores": "Each token's score in each layer, over the threshold of that layer. Below 1 it is dropped; [CLS] stays.",
    "ranks": (
        "By what the tokens are ranked, layer by layer: how many of them go on is set beforehand, and who they are is decided by the "
        "places; [CLS] stays whatever its place. Point at a cell to read the value itself."
    ),
}
DOES_NOT_SHOW = {
    "staircase": (
        "A deep word is not an important word: depth says how long the model was unsure, not what it used. Cells do not show cost: later "
        "layers of a word cost the same, but attention grows with the length of the text."
    ),
    "ladder": "Which tokens influenced the answer. A dropped token was read by the layers below, and its content may live on in others.",
    "ladder_merged": "What was lost: a merged token is part of a mean, from which no later layer can tell it apart again.",
    "funnel": "Time: fewer tokens save less time than FLOPs, above all on short texts.",
    "trajectory": (
        "Whether the answer is right: a model can be sure and wrong. The lower layers' answers come from classifiers of their own."
    ),
    "boxes": "Whether the answer is right, and what a skipped layer would have changed.",
    "rule": "Whether the answer is right, and what the layers that were not run would have said.",
    "halting": "Whether the answer is right. The bounds speak of this model's own full depth only.",
    "scores": "Importance for the answer: attention received is only what this method goes by.",
    "ranks": "Importance for the answer, and how close two tokens lay: a place says which was larger, not by how much.",
}
MATHS_DEPTH = (
    "Depth of a token = number of feed-forward blocks run on it. Compute share = FLOPs of what was computed (attention of the tokens "
    "attending to the tokens visible, feed-forward of the tokens transformed, classifiers, gates) over the plain model's on the same text."
)
