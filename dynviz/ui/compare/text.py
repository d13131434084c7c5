"""Every string of the Compare page."""

MODE = "Compare"
MODES = {"models": "One text, several models", "texts": "Two texts, one model", "square": "Two texts, plain and adaptive"}
WITH = "Models beside the one in the sidebar"
WITH_HELP = "At most three more, each at the settings it ships with. The model of the sidebar keeps its own."
INTRO_MODELS = "The model of the sidebar and up to three others read the same text. All costs are FLOPs over those of the plain model."
INTRO_TEXTS = "The model of the sidebar reads both texts at the same settings: which costs more, and why?"
INTRO_SQUARE = (
    "{dear} costs the plain model {plain} times as much as {cheap}, and {name} {adaptive} times. This one spends {a} of the plain model's "
    "compute on {dear_too}, {b} on {cheap}."
)
EQUAL = "Both cost the same: {a} MFLOPs."
LONGER_ALONE = "It is longer ({b} pieces against {a}), which alone would add {part} MFLOPs"
LONGER = "It is longer ({b} pieces against {a}), which explains {part} of the difference"
SHORTER = "It is shorter ({b} pieces against {a}), which alone would save {part} MFLOPs"
AS_LONG = "Both are equally long"
LATER_ALONE = "the model goes further in it ({b} of full compute against {a}), which alone would add {part} MFLOPs"
LATER = "the model goes further in it ({b} of full compute against {a}), which explains {part}"
SOONER = "the model goes less far in it ({b} of full compute against {a}), which alone would save {part} MFLOPs"
AS_FAR = "the model goes equally far in both"
ALL_AGREE = "All say {answer}."
DISAGREE = "They do not agree: {answers}."
TAGS_AGREE = "All give the same tags."
TAGS_DIFFER = "Tags differ on {words}."
CHEAPEST = "{cheap} is the cheapest at {a} of full compute, {dear} the dearest at {b}."
SAME_COST = "All take {a} of full compute."
MATHS = (
    "Cost of a run = p q: p the FLOPs of the plain model on the text, q the share that was spent. The difference of two runs "
    "splits exactly: p'q' - pq = (p' - p)(q + q')/2, because of length, + (q' - q)(p + p')/2, because of stopping."
)
