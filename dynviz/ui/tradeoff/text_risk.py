"""Every string of the Trade-off page's promise about risk, in one place, so that they can be translated."""

LOSS = "What counts as lost"
LOSSES = {"differs": "Differs from full depth", "harm": "Early wrong, full right"}
LIMIT = "Allowed, at most"
LEVEL = "Confidence"
LEVELS = {"90": "90 %", "95": "95 %", "99": "99 %"}

CHOSEN_LINE = "{knobs}: {risk} of {lost} there, and with {level} confidence less than {bound}; {share} of the compute."
CHOSEN_NONE = "No setting passed, so full depth remains."
CHECKED = "**Checked on the evaluation split** ({split}, {n})"
NO_KNOB = "{name} has no knob to choose."
NO_CALIBRATION = "No numbers of the calibration split ship for {name}, so no promise can be made."
UNREAD_CALIBRATION = "The numbers of the calibration split ship for {name}, but cannot be read, so no promise can be made."
UNREAD_NUMBERS = "The measured numbers of {name} ship, but cannot be read, so no promise can be made."
NO_NUMBERS = "No measured numbers ship for {name}, so no promise can be made."
MEMBER = "The promise is for {name} and its own knob; the other members of its family have theirs."

ASSUMED = "What this promise rests on"
SOURCES = (
    "Angelopoulos et al., Learn then Test, 2021; Schuster et al., Confident Adaptive Language Modeling, NeurIPS 2022; the check: "
    "Clopper and Pearson, 1934."
)
HOW = (
    "Each dot is a setting on the calibration split: the share that is lost. The whisker ends at its upper bound. Settings are tested from "
    "left to right; the last whisker under the dotted line, with all before it, is the choice."
)
