"""What several pages say alike: of an operating point, of exits, and on their buttons; in one place, so that it can be translated."""

from dynviz.ui.shell.glossary import TERMS

OPEN_ROW = "Open on the Sentence page"
OPEN_SENTENCE = "See it on a sentence"

HEADLINE = "{n}: {share} of compute, {difference} points [{low}, {high}]"
SAME_HEADLINE = "{n}: {share} of compute, every answer as at full depth"
FULL_HEADLINE = "{n}: full depth, {score}"
BLIND_HEADLINE = "{n}: {share} of compute, {same} answered as at full depth"
BLIND_FULL = "{n}: full depth"
VERDICTS = {
    "less": "The interval lies below zero: on these rows this setting costs {metric}.",
    "more": "The interval lies above zero: on these rows this setting is better than full depth.",
    "none": "The interval includes zero: on this number of rows no difference can be shown.",
    "same": "Not one answer changes from right to wrong or back.",
}
METRICS = ("Compute", "{metric}", "Mean depth of all tokens", "As full depth")
SCORES_HELP = {
    "accuracy": "Share of right answers; below it, the difference to the same model at full depth.",
    "entity F1": (
        "Of whole names: twice those found, first and last word and kind right, over those said and those there. Below it, the difference "
        "to the same model at full depth."
    ),
}
BESIDE_F1 = (
    "Why not accuracy: {share} of these words are {label}, so a tagger that finds nothing is right that often. Here {accuracy} of the tags "
    "are right."
)
METRICS_HELP = (
    TERMS["compute share"],
    "{score}",
    TERMS["depth"],
    "Share of answers that are the same as at full depth.",
)
OF_LAYERS = "of {layers}"
UNKNOWN = "not known"

NO_EXITS = (
    "Every text goes through all {layers}. What is saved is saved inside: the mean depth of all tokens is {depth}."
)
NOTHING_SAVED = "Every text goes through all {layers}, and every token with it: nothing is saved."
EXITS_TOKENS = "A text stops when its last word does; it counts as right when every word is."
SURE = "Its interval excludes zero."
