"""Every string of the Trade-off page's promise about risk, in one place, so that they can be translated."""

LOSS = "What counts as lost"
LOSSES = {"differs": "Differs from full depth", "harm": "Early wrong, full right"}
LIMIT = "Allowed, at most"
LEVEL = "Confidence"
LEVELS = {"90": "90 %", "95": "95 %", "99": "99 %"}

LOST = {
    ("differs", "sentence"): "answers differ from full depth",
    ("harm", "sentence"): "answers are wrong where full depth is right",
    ("differs", "token"): "words are tagged otherwise than at full depth, on average over sentences",
    ("harm", "token"): "words are wrong where full depth is right, on average over sentences",
}
KEPT = "With {level} confidence at most {limit} of {lost}: {knobs}, {share} of the compute."
NONE = "No setting of the knob keeps the promise that, with {level} confidence, at most {limit} of {lost}: only full depth does."
WHY_NONE = (
    "The safest setting tested, {knobs}, already fails. With {n} a limit below {least} cannot be shown even where nothing is lost; "
    "allow more, or take a method that stops later."
)
CHOSEN = "**Chosen on the calibration split** ({split}, {n})"
CHOSEN_LINE = "{knobs}: {risk} of {lost} there, and with {level} confidence fewer than {bound}; {share} of the compute."
CHOSEN_NONE = "No setting passed, so full depth remains."
CHECKED = "**Checked on the report split** ({split}, {n})"
CHECKED_LINE = "{risk} [{low}, {high}] of {lost}, at {share} of the compute. {verdict}"
VERDICTS = {
    "within": "The whole {level} interval lies within the limit of {limit}.",
    "open": "The observed share is within the limit of {limit}; its {level} interval reaches beyond.",
    "over": "The observed share is above the limit of {limit}, but its {level} interval includes it: chance may do that.",
    "broken": "The whole {level} interval lies above the limit of {limit}: on these sentences the promise is broken.",
}
NOT_CHECKED = "This setting was not measured on the report split."
FULL_CHECK = "Full depth differs from itself nowhere: nothing to check."
USE, USED = "Use this setting", "In use"
NO_KNOB = "{name} has no knob to choose."
NO_CALIBRATION = "No numbers of the calibration split ship for {name}, so no promise can be made."
NO_NUMBERS = "No measured numbers ship for {name}, so no promise can be made."
MEMBER = "The promise is for {name} and its own knob; the other members of its family have theirs."

ASSUMED = "What this promise rests on"
ASSUMPTIONS = """
- **Exchangeable sentences.** The promise holds for sentences drawn like those of the calibration split, one by one and independently.
- **Chosen before looking.** Settings are tested in the order of the knob, from safe to bold, each once, and testing stops at the first that
  fails (Learn then Test, fixed sequence; Hoeffding-Bentkus bounds). That order does not depend on the data, so no correction is needed.
- **On average.** At most so many of all sentences, not of each kind: a kind of sentence may lose more. And one promise in {miss} may fail
  by bad luck of the calibration draw.
- **One promise.** It holds for the loss, limit and confidence asked for in advance; trying many and keeping the best loosens it.
"""
SPLITS = {
    "sst2": (
        "**Are they exchangeable here? Not strictly.** The calibration split was drawn by lot (1,000 rows, fixed seed) from the training "
        "treebank's whole sentences of ten or more words, which training did not see. The report split is the official dev set: sentences "
        "of any length, from other reviews of the same kind. Short sentences are therefore missing in calibration. The check beside the "
        "choice says what came of it."
    ),
    "pos": (
        "**Are they exchangeable here? Not strictly.** Calibration is the treebank's dev part and the report split its test part: the same "
        "five kinds of web text, but whole documents in each, not sentences drawn by lot. Sentences of one document are alike, so the "
        "split holds less than its number of sentences says."
    ),
    "imdb": (
        "**Are they exchangeable here? Not strictly.** Calibration holds all reviews of films drawn by lot from the training part; the "
        "report split is from the official test part, of other films. Reviews of one film are alike, so the split holds less than its "
        "number of reviews says."
    ),
}
UNKNOWN_SPLIT = "How the splits of this task were drawn is not known here, so nothing can be said about their being exchangeable."
FITTED = (
    "**Used before.** After training, {name} was fitted on the calibration split (its temperatures). The order of the settings does not "
    "depend on that, but their risks there may look a little too small."
)
SOURCES = (
    "Angelopoulos et al., Learn then Test, 2021; Schuster et al., Confident Adaptive Language Modeling, NeurIPS 2022; the check: "
    "Clopper and Pearson, 1934."
)
HOW = (
    "Each dot is a setting on the calibration split: the share that is lost. The whisker ends at its upper bound. Settings are tested from "
    "left to right; the last whisker under the dotted line, with all before it, is the choice."
)
