"""Every string of the stage, in one place, so that they can be translated. {holes} are filled from traces, sweeps and measurements."""

TITLE = "Present"
HELP = "Three short acts in big type, from stored results: for a talk, with the network off."
NOBODY = "No model here has stored texts, answers after every layer and measured numbers: there is nothing to present."

NOBODY_READ = "Nothing can be presented: the files of {models} cannot be read; python -m dynviz doctor NAME says why."

NOT_HERE = "The link names a model that is not here, {asked}. Shown instead: {shown}."
UNREAD = "The files of {asked} cannot be read, so it is not on the stage. Shown instead: {shown}."
INSTEAD = "{asked} is not for the stage: it needs one answer a text after every layer. Shown instead: {shown}."

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

# act 1: the idea
IDEA = {
    "more": "{n} more: {dear} instead of {cheap}",
    "same": "Equally long: {dear} instead of {cheap}",
    "near": "Nearly as long: {dear} instead of {cheap}",
}
ASK = "How much work does each text need?"
LAYER = "A layer is one round of work over the whole text. This model may stop before the last."
OF_WORK = "of the work of the plain model"
UNKNOWN = "?"
AFTER = {"some": "after {n} of {layers}", "all": "after all {n}"}
AGREES, DIFFERS = "full depth says the same", "full depth says {label}"
CHEAP = {
    "sure": "After {layer} it was {sure} sure, and stopped.",
    "patient": "After {layer} enough layers had agreed, and it stopped.",
    "rule": "After {layer} it stopped. Its rule: {met}.",
    "": "After {layer} it stopped.",
}
CHANGED = "It changed its answer after {layers}."
STEADY = "It said the same after every layer."
LINE = "One text stops after {cheap}. {dear}"
DEAR = {
    "over": "The other pays the full price, and {more} more for asking at every layer.",
    "full": "The other pays the full price.",
    "part": "The other goes on to {layer}.",
}
PICKED = "{model}. Picked from {n} for its contrast; the average is act 2."

# act 2: the evidence
EVIDENCE = "{share} of the work, {right} of 100 right; {reference} {full}"
REFERENCE = {True: "plain model", False: "all its layers"}  # whether a plain model was measured on the same sentences
THE = {True: "the plain model", False: "all its layers"}
LEAVE = "{share} of {n} leave after {layer}."
NO_RIVAL = "Even the plain model cut to {layers} does more work: {share}."
RIVAL = "The fair rival: a plain model cut to {layers} and trained like that has {right} of 100 right, at {share} of the work."
VERDICT = {
    "none": "No difference to {reference} found: it may lie between {low} and {high} points.",
    "less": "It costs accuracy beside {reference}: between {low} and {high} points.",
    "more": "It gains accuracy beside {reference}: between {low} and {high} points.",
    "same": "The same answers are right as with {reference}.",
}
SURE = "The interval is paired over the {noun}s: it holds the true difference in 95 of 100 such tests."
DEARER = "{share} of the {noun}s cost more than on the plain model, at most {most} of it."
NO_DEARER = "No {noun} costs more than on the plain model."
MEASURED = "{model}{chosen}. {n} that it was not trained on; its setting was chosen on others."
FOR_CONTRAST = ", on stage for its contrast in act 1, not for these numbers"
STATIC = "cut to fewer layers"
BAND = "Band: where the accuracy of a setting may lie, 95 in 100 such tests, paired. Ring: the setting it ships with."

# act 3: the money
MONEY = "A million {noun}s: {plain} core-hours become {adaptive}"
NO_TIMES = "What is it worth? Put in your milliseconds"
FIELDS = {
    "sentences": "{Noun}s a month",
    "plain": "Milliseconds a {noun}, plain model",
    "adaptive": "Milliseconds a {noun}, stopping early",
    "watts": "Watts of a busy core (assumed)",
    "price": "Price of a core-hour (assumed)",
}
BARS = {"plain": "plain model", "adaptive": "stopping early"}
HOURS = "core-hours"
BETWEEN = "{low} to {high}"
COLUMNS = ("", "core-hours", "kWh", "money")
ROWS = {"million": "{n} {noun}s, {way}", "month": "a month, {way}"}
OWN_TIMES = "Put in your own milliseconds: on another machine, and of other texts, the share may differ."
ON_THESE = "On the {noun}s of act 2, one by one: {work} of the work, {time} of the time."
ON_OTHERS = "Timed on {n} bundled texts, one by one: {time} of the time there. On the {noun}s of act 2 it does {work} of the work."
FROM_MEASURED = "Milliseconds: {n} bundled texts (not those of act 2), one by one, one thread of {machine}, {date}."
FROM_LINE = "Milliseconds: the {noun}s of act 2, one by one, by a line fitted to {n} bundled texts on one thread of {machine}, {date}."
ROUNDS = "Thin line: the quickest and the slowest round."
FROM_YOU = "Milliseconds{of}: as you put them in."
FORMULA = "core-hours = {noun}s × milliseconds / 3,600,000; kWh = core-hours × watts / 1,000; money = core-hours × price"
MEASURE = "Measure on this machine"
MEASURE_HELP = "Runs {model} and the plain model on bundled texts for some seconds, one thread."
MEASURING = "Running {model}"
NOT_TITLE = "What this does not say"
NOT_GOOD = {
    "none": "that it is as good as {reference}: only that no difference was found, within the interval of act 2",
    "less": "that it is as good as {reference}: it was found to be right less often, see the interval of act 2",
    "more": "that it is better on other texts: it was right more often on these, see the interval of act 2",
    "same": "that it is as good as {reference} on other texts: the same answers are right on these",
}
NOT_WORST = {
    True: "that the worst case gets better: a text that goes through all layers costs more than before",
    False: "that the worst case gets better: a text that goes through all layers saves nothing",
}
NOT_KNOWN = {
    "sure": "that the model knows which text is hard: it stops when it is sure, right or wrong",
    "patient": "that the model knows which text is hard: it stops when enough layers agree, right or wrong",
    "rule": "that the model knows which text is hard: its rule stops it, right or wrong",
}
NOT_TIMED = {
    True: "that the {noun}s of act 2 take that share of the time: the milliseconds are of {n} bundled texts, which may stop elsewhere",
    False: "that the {noun}s of act 2 were timed: their milliseconds follow from their work, by a line fitted to {n} bundled texts",
}
NOT = (
    "how much quicker it is, from its share of the work alone: time is another number",
    "that anything is saved on a GPU, in a larger model or at another task: measure there",
    "how many kWh were used: the watts are assumed, not measured",
    "what a real service saves: traffic, batches and idle cores are left out",
)

# the foot and the keys
ACTS = ("the idea", "the evidence", "the money")
OWN_SOURCE = "A page of the app: click beside it before you use the keys."
BACK, ON = "Back", "Next"
SHORT = ("Idea", "Evidence", "Money")
OWN_SHORT = "View"
BACK_HELP, ON_HELP = "One step back", "One step on"
ACT_HELP = "Act {n}: {name}"
LEAVE_STAGE = "Leave"
LEAVE_HELP = "Back to the page you came from"
NOTES = "Notes"
NOTES_HELP = "What to say here: for you, not for the screen"
MORE = "More"
ADD = "Add a view of your own: paste its link"
ADD_HINT = "Any link of this app: its page becomes the last act"
ADD_BUTTON = "Add"
REMOVE = "Remove: {title}"
FULL_UP = "Three views are the most."
MODEL = "Model"
HANDOUT = "Hand-out, one page"
SAY = {
    (1, 1): "Two texts of nearly the same length. Ask the room: how many layers for each?",
    (1, 2): "It stopped after {cheap}. The layers above were never computed.",
    (1, 3): "{title}. Nobody told it which text is hard.",
    (1, 4): "These two were picked. What is it on average? That is the next act.",
    (2, 1): "Each bar is a layer after which {noun}s leave. Hatched: wrong answers.",
    (2, 2): "Every point is a setting.{rivals}",
    (2, 3): "Say the interval, not only the middle.{dearer}",
    (3, 1): "Every number on the right can be changed. Ask for theirs.",
    (3, 2): "Read one of these aloud. It is why they can believe the rest.",
}
SAY_RIVALS = " The squares are the fair rivals: smaller plain models."
SAY_DEARER = " And say that some texts cost more."

# refused links
FROM_HERE = "Copy a link from this app"
ELSEWHERE = ("This link leads elsewhere", "it goes to {host}", FROM_HERE)
NO_PAGE = ("This link leads to no page of this app", "there is no page {page!r}", FROM_HERE)
NO_LINK = ("This is no link", "it is empty, too long, or holds signs that no link has", FROM_HERE)

# hand-out
HAND_TITLE = "{model}: {share} of the work of the plain model"
HAND_IDEA, HAND_EVIDENCE, HAND_MONEY = "The idea", "The evidence", "What it is worth"
HAND_BACK = "Back to the stage"
HAND_PRINT = "Print this page with your browser: it fits one sheet."
HAND_MADE = "DynViz {version}. {model}, checkpoint {digest}."
HAND_PICKED = "Picked from {n} for their contrast; the average is below."
HAND_TEXT = "“{text}”: {answer} after {n}, {share} of the work."
HAND_ASSUMED = "Assumed: {sentences} {noun}s a month, {watts} watts a busy core, {price} a core-hour."
