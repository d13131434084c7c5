"""Every string of the Compare page."""

MODE = "Compare"
MODES = {"models": "One text, several models", "texts": "Two texts, one model", "square": "Two texts, plain and adaptive"}
WITH = "Models beside the one in the sidebar"
WITH_HELP = (
    "At most three more, each at the settings it ships with. The model of the sidebar keeps its own. The plain model (never stopping) is "
    "that of the sidebar with one classifier, after the last layer."
)
INTRO_MODELS = "The model of the sidebar and up to three others read the same text. All costs are FLOPs over those of the plain model."
INTRO_TEXTS = "The model of the sidebar reads both texts at the same settings: which costs more, and why?"
INTRO_SQUARE = "The model of the sidebar and the plain model, which never stops, read both texts: what does length cost, and what stopping?"
PLAIN = "Plain model (never stopping)"
PLAIN_RUN, ADAPTIVE_RUN = "Plain", "Adaptive"
NOTHING_STOPS = "At this setting nothing stops, so both models are the same. Choose another model, or turn full depth off, in the sidebar."
NO_SQUARES = "Squares are drawn for texts of at most {most} pieces."
SECOND = "Second text"
SECOND_HINT = "Type or paste the text to compare with"
SECOND_EXAMPLE = "Example for the second text"
BUNDLED_TEXT, AND = "{which} is “{text}”", ", "
BUNDLED = "Bundled, until you type your own: {named}."
RESULTS_STORED = " Stored results; no model was loaded."
STORED = "Stored results of a bundled {noun}, “{text}”; no model was loaded. Type a text above to run your own."
BACKBONES = (
    "These models stand on different backbones, and each share of compute is of the plain model on its own. Only MFLOPs compare them all."
)
PICK = "Choose at least one model to compare with."
NONE = "There is no other model for this task."
COLUMNS = {
    "model": "Model", "settings": "Settings", "answer": "Answer", "layers": "Layers", "share": "Compute", "flops": "MFLOPs",
    "plain": "MFLOPs, plain", "same": "Its own full depth",
}  # fmt: skip
TEXT_COLUMN = "Text"
FIRST, OTHER = "First", "Second"
THE_FIRST, THE_OTHER = "the first text", "the second text"
RACE_HOW = (
    "Each lane is one run, each segment one layer, as long as the compute it took, heads and gates included. The pale bar behind it is "
    "what the plain model takes for the same text; the percentage is of that. The button plays the race at true relative cost; the slider "
    "below stops it where you like."
)
RACE_LIMITS = "Compute is counted, not timed: on a given machine the order in milliseconds may differ. The Sentence page measures time."
ALIGNED_HOW = (
    "One row for each run, the same word under the same word, one colour scale for all. The number is the depth: layers the word "
    "went through, of a word of several pieces the deepest. A framed cell has another depth than the first row's."
)
ALIGNED_KEY = "Framed: another depth than in the first row."
ALIGNED_LIMITS = "Models that decide for the whole text have one depth for all words: no decision was made word by word."
SPENT = "Stop the race at this share of the longest run"
EACH = "Layer by layer"
TIMES = "{dear} costs {times} times as much as {cheap}: {a} against {b} MFLOPs."
SQUARED = (
    "{dear} costs the plain model {plain} times as much as {cheap}, and {name} {adaptive} times. This one spends {a} of the plain model's "
    "compute on {dear_too}, {b} on {cheap}."
)
NEARLY = "Both cost nearly the same: {a} and {b} MFLOPs."
ABOUT = "Both cost nearly the same: about {a} MFLOPs."
EQUAL = "Both cost the same: {a} MFLOPs."
LONGER_ALONE = "It is longer ({b} pieces against {a}), which alone would add {part} MFLOPs"
LONGER = "It is longer ({b} pieces against {a}), which explains {part} of the difference"
SHORTER = "It is shorter ({b} pieces against {a}), which alone would save {part} MFLOPs"
AS_LONG = "Both are equally long"
LATER_ALONE = "a larger share of full compute goes into it ({b} against {a}), which alone would add {part} MFLOPs"
LATER = "a larger share of full compute goes into it ({b} against {a}), which explains {part}"
SOONER = "a smaller share of full compute goes into it ({b} against {a}), which alone would save {part} MFLOPs"
AS_FAR = "the same share of full compute goes into both"
ALL_AGREE = "All say {answer}."
DISAGREE = "They do not agree: {answers}."
TAGS_AGREE = "All give the same tags."
TAGS_DIFFER = "Tags differ on {words}."
CHEAPEST = "{cheap} {is_} the cheapest at {a} of full compute, {dear} the dearest at {b}."
CHEAPEST_STEPS = "{cheap} {is_} the cheapest at {a} MFLOPs, {dear} the dearest at {b}."
SAME_STEPS = "All take {a} MFLOPs."
SAME_COST = "All take {a} of full compute."
MATHS = (
    "Cost of a run = p q: p the FLOPs of the plain model on the text, q the share that was spent. The difference of two runs "
    "splits exactly: p'q' - pq = (p' - p)(q + q')/2, because of length, + (q' - q)(p + p')/2, because of stopping."
)
