"""Every string of the page "Your model", in one place, so that they can be translated."""

from dynviz.ui.data import text as data

TITLE = "Your model"
INTRO = (
    "A classifier of sentences, pairs or words becomes adaptive by itself: a linear classifier after every layer, a rule that says when an "
    "answer is sure enough, and a knob. The model stays as it is."
)
DEMO = (
    "This is a public demo: it opens no models but its own. Installed, DynViz opens yours: put classifiers into a folder and start it with "
    "DYNVIZ_MODELS set to that folder."
)
NOTHING = (
    "No classifier may be seen here. Whoever runs this server sets DYNVIZ_MODELS to a folder whose sub-folders are Hugging Face "
    "classifiers (config.json, safetensors, tokenizer), and starts it again."
)

# what is at hand, and what the doctor says
HAND = "What is at hand"
MODEL = "Classifier"
UNKNOWN = "No classifier is called {asked!r} here, which the address asks for: {shown} is shown."
DOCTOR = "What the doctor says of it"
LOOKING = "The doctor opens the model and runs a sentence (the first time takes a while)"
CHECK_HEAD = ("", "Check", "Found")
MARKS = {"ok": "ok", "worry": "look", "no": "no"}
NOT_DRIVEN = "It cannot be driven as it is. What to do stands with the check that says no; what needs that was not checked."
HAS_EXITS = "It is a checkpoint of {title}, which has exits of its own: open it as it is."
OPEN_PLAIN = "Open it as it is"

# rows
ROWS = "Labelled rows"
ROWS_NOTE = (
    "Some hundreds of each label are good. A fifth of the rows is kept aside to choose the knob, and a fifth to measure what it does; the "
    "others are fitted on."
)
SOURCE = "Rows from"
SAMPLE = "Bundled texts"
SAMPLE_NOTE = "{n} texts written for DynViz, whose labels are called as this model's: enough to try it, too few to trust it."
EMPTY = {
    "file": ("Choose a file. Its columns are guessed, and you can correct the guess. As CSV:", ":material/upload_file:"),
    "paste": (
        "Paste a text on each line, then a tab and its label; press Ctrl + Enter or click outside the box:", ":material/content_paste:",
    ),
    "hub": data.EMPTY["hub"],
}  # fmt: skip
EMPTY_PAIRS = {
    **EMPTY,
    "paste": (
        "Paste two texts on each line, with a tab between them, then a tab and their label; press Ctrl + Enter or click outside the box:",
        ":material/content_paste:",
    ),
}
OFF = "The knob is off here: every text goes through all layers. On a page with the knob, turn it to see what less compute costs."
EXAMPLES, EXAMPLE_SECOND = ("A first text", "Another text"), "What it is compared with"
PAIR = "It compares two texts"
PAIR_HELP = "Its files do not say so. Each row then holds two texts."
NO_MEANING = "Choose what the labels mean, and the rows are shown: exits learn from right answers."
UNLABELLED = "These rows have no right answers. Name their column, or give rows that have them: exits learn from right answers."

# how to fit
FIT = "How to fit"
RULE = "Rule"
RULE_HELP = "Exit rules that a linear classifier after each layer is enough for; the Methods page tells of each."
KNOB = "The knob is"
KNOBS = {"loss": "the cheapest of little loss", "budget": "the best within a budget", "risk": "the boldest that can be promised"}
KNOB_SAID = {
    "loss": "The cheapest setting that loses at most half a point of accuracy on the rows kept for choosing.",
    "budget": "The best setting that spends at most this share of the model's compute on the rows kept for choosing.",
    "risk": "The boldest setting of which can be promised that at most this share of the answers differs from the model's own.",
}
BUDGET = "Share of the compute, at most"
RISK = "Share of answers that differ, at most"
CONFIDENCE = "With confidence"
SEED = "Seed"
SEED_HELP = "Of the draw of the rows kept aside."
START = "Fit on {rows}"
START_NOTE = "It runs in the background: you may look at other pages meanwhile, and come back by this page's address."
PRIVATE = "Rows are held in memory while it is fitted, and forgotten then. What comes out holds none of them."

# how it goes
STAGES = {
    "": "Opening the model", "reading the rows": "Reading the rows", "fitting the exits": "Fitting the exits",
    "measuring, calibration": "Measuring, to choose the knob", "measuring, report": "Measuring what it does",
    "choosing the knob": "Choosing the knob and storing what was measured",
}  # fmt: skip
PROGRESS = "{stage}: {done:,} of {total:,}{left}"
LEFT = " · about {time} left in this step"
CANCEL = "Cancel"
CANCELLED = "The fit was cancelled. Nothing of it is kept."
FAILED = "The fit came to no end. {error}"
GONE = (
    "This fit is not kept any more: fits are deleted a day after they were last looked at, your oldest when you start a fifth, and, unless "
    "its operator keeps them, all when the server stops. Fit again."
)
NEW = "Fit another"
DELETE = "Delete"
DELETE_HELP = "Delete the fitted checkpoint from this server."

# what came out
DONE = "{title} on {base}, fitted in {time}."
KEPT = "{title} on {base}."
OPEN = "Open it"
ON_ALL = "It stands in the menu of models on all pages, in this tab, and for whoever has its link."
TAKE = "Take it home"
ZIP = "Download ({size})"
TAKE_NOTE = "Only what was added is in it. Unpack it beside the folder “{base}” of the model, and there:"
COMMAND = 'python -m dynviz trace "{words}" --model {name}'
WORDS, WORDS_TWO = "the film is good", 'the film is good" --pair "a good film'
CURVE_KEY = "Ring: its setting. Band: 95 %, paired, n = {n}. Star: the model itself."
CURVE_HOW = (
    "Every point is a setting of the knob, measured on rows that neither fitted nor chose anything: how much of the model's compute it "
    "spends, exits included, and how many answers are right. Above or level with the star: nothing is lost."
)
CURVE_LIMITS = "Time: compute saved is not time saved. And other texts: it holds for rows like these."
FULL = "the model itself"
