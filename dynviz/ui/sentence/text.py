"""Every string of the Sentence page, in one place, so that they can be translated."""

from dynviz.ui.shell.glossary import TERMS

# verdict and metrics
UPLOADED = "Shown from a file; model and knobs have no effect. Remove the file to go back."
LAYERS, MEAN_DEPTH = "Layers used", "Mean depth of {of}"
DEPTH_HELP = TERMS["depth"] + " Compute counts more, so its share of the whole may be another."
OF = "{some} of {all}"
SHARE = "Compute"
SHARE_HELP = TERMS["compute share"]
TIME = "Measured time"
TIME_HELP = (
    "Processor time of one thread on this server, this text alone, median of several runs. "
    "The second number is full depth's. Small models on short texts save less time than FLOPs."
)
TIME_NONE = "not measured"
SAME = "Same answer as full depth"
SAME_HELP = "The answer, or for tags each word's answer, compared with a run in which nothing stops."
YES, NO, UNKNOWN = "Yes", "No", "not known"
TAGS_HERE = "In this text"
TAGS_OTHER = "The others"
SAVE = "Export"
SAVE_ABOUT = "All that the model read and decided, as data. Each picture has files of its own, below it."
SAVE_TRACE = "Trace as JSON"
SAVE_FULL = "Full depth as JSON"

# badges and the oracle exit
AGREES = "Full depth agrees"
DIFFERS = "Full depth says {label}"
BOTH_RIGHT = "Full depth agrees, both right"
BOTH_WRONG = "Full depth agrees, both wrong"
WORSE = "Worse: full depth is right"
AVOIDED = "Overthinking avoided: full depth is wrong"
NEITHER = "Differs from full depth, both wrong"
TAGS_SAME = "{n} as full depth"
TAGS_DIFFER = "{n} unlike full depth"
TAGS_RIGHT = "{n} right, as full depth"
TAGS_WRONG = "{n} wrong, as full depth"
TAGS_WORSE = "{n} worse: full depth is right"
TAGS_AVOIDED = "{n} overthinking avoided: full depth is wrong"
TAGS_NEITHER = "{n} unlike full depth, both wrong"
TRUTH = "True answer"
TRUTH_HELP = "With the true answer, the badge tells whether stopping early made it worse, or avoided overthinking."
TRUTH_LABEL = "The true label"
TRUTH_TAG = "The true tag of “{word}”"
TRUTH_KNOWN = "A bundled example: its true answer is known."
WORD = "Word"
PIECES = "Show word pieces"
PIECES_HELP = "A word of several pieces is one column, as deep as its deepest piece. Switched on, each piece has its own."

SETTLED_ONE = "At full depth the answer never changes after {layer} ({share})."
SETTLED_SHARE = "{share} of full compute"
SETTLED_DEARER = "{share} of full compute: what the method reads and computes beside the layers costs too"
SETTLED_LAST = "At full depth the answer is not settled before the last layer: the one read before it is another."
SETTLED_LEFT = "It was given after {exit}, {layers} later: {left} of full compute could have been avoided."
SETTLED_EXACT = "It was given exactly there: no compute could have been avoided."
SETTLED_EARLY_SAME = "It was given after {exit}, before it had settled; it happens to be the same."
SETTLED_EARLY_OTHER = "It was given after {exit}, before it had settled, and is another."
SETTLED_WORDS = (
    "At full depth a word's tag never changes after layer {settled:.1f} on average; words went through {used:.1f} layers: {left}"
)
SETTLED_WORDS_LEFT = "{left:.1f} layers a word could have been avoided."
SETTLED_WORDS_EXACT = "none could have been avoided."
SETTLED_WORDS_EARLY = "{n} stopped before the tag had settled."
KNOBS_OFF = "At this setting nothing can stop. Turn the knob in the sidebar to see what it changes."
SHIPS_OFF = "It ships so: no cheaper setting measured keeps within half a point of full depth on the {split} split."
SETTLED_KEY = "Dotted: from here on the answer stays the same."
FORCED_KEY = "◆: forced by hand."

# the sections
SECTIONS = {
    "why": "Why this depth", "pair": "Two words side by side: why one goes deeper",
    "settle": "When does each word settle? By its state, by guessing, by its tag", "steps": "Layer by layer",
    "kept": "What is left of the text in each layer", "force": "Intervene: keep, stop or drop words yourself",
    "edit": "Edit a word, and compare", "search": "Find the smallest edit that changes something", "tags": "What the labels mean",
}  # fmt: skip
ICONS = {
    "why": ":material/help:", "pair": ":material/compare_arrows:",
    "settle": ":material/hourglass_bottom:", "steps": ":material/stairs:", "kept": ":material/filter_list:",
    "force": ":material/back_hand:", "edit": ":material/edit:", "search": ":material/search:", "tags": ":material/sell:",
}  # fmt: skip
RUNS = ("settle", "force", "edit", "search")  # they run the model
PAIR_ONE, PAIR_OTHER = "One word", "Another word"
PAIR_KEY = "Dotted: the limit. Tinted: where the rule's condition holds. Ring: the last reading, where it held."
PAIR_HOW = "Both words are held against the same limit after every layer in which they were read. A line ends where nothing more was read."
PAIR_LIMITS = (
    "Why the readings differ: that lies in what the layers computed. A word may also have to wait for its neighbours, or until its reading "
    "has stayed on that side for a while, as the rule says."
)

NEEDS_MODEL = "This is shown from a file. To run a model again, remove the file and type a text."

STEPS = "Step through the layers with the buttons, or with the arrow keys on the slider."
LAYER = "Layer"
LAYER_HELP = "0: the words, before any layer. Layers above the one looked at are veiled in the picture."
BACK, NEXT = "Layer before", "Next layer"
STEP_INPUT = "Before layer 1: the text is cut into {tokens} ({words}, and marks of beginning and end). Nothing is computed yet."
STEP_NOT = "{name}: not computed. The answer was given after {exit}."
STEP_SKIPPED = "{name}: skipped by the whole {noun}."
STEP_COMPUTED = "{name}: {some} of {all} {are} computed."
STEP_ALL = "{name}: every token is computed."
STEP_DROPPED = "Dropped here: {words}."
STEP_MERGED = "Merged into others here: {words}."
STEP_FROZEN = "Seen, but no longer computed: {n}."
STEP_PASSED = "Skipped here, passed on unchanged: {words}."
STEP_HALTED = "Settled here: {words}."
STEP_CHANGED = "Another answer than a layer below: {words}."
STEP_ANSWER = "Asked here, the model says {label}, {sure}{before}."
STEP_BEFORE = " (a layer below: {label})"
STEP_IS = "the {what} is {how}"
STEP_BOTH = " and "
STEP_EITHER = "; "
STEP_STOPS = "{what}: it stops."
STEP_ANY = "{what}: one is enough, it stops."
STEP_GOES_ON = "{what}: it goes on."
STEP_COST = "Spent so far: {share} of full compute."

FORCE = "Overrule the method and run it again: what is forced really happens, and later decisions see it."
FORCE_EXIT = "Give the answer after"
FORCE_EXIT_TAGS = "Stop all words after"
FORCE_RULE = "as the rule says"
FORCE_FULL = "{name} (full depth)"
FORCE_KEEP = "Keep words that were dropped"
FORCE_KEEP_SKIPPED = "Keep words from skipping layers"
FORCE_KEEP_MERGED = "Keep words from being merged"
FORCE_KEEP_TAGS = "Let words go on that stopped"
FORCE_DROP = "Drop words"
FORCE_HALT = "Stop words"
FORCE_NONE = "None"
FORCE_FROM = "from layer on"
FORCE_AFTER = "after layer"
FORCE_ALL = "Keep every word (full depth)"
FORCE_SETTLED = "Stop each word where its tag settles"
FORCE_RESET = "Take all back"
FORCE_NOTHING = "Nothing is forced yet."
FORCE_CLICKED = "“{word}” is kept: see Intervene, below."
FORCE_DROPPED = "“{word}” is dropped from {layer} on: see Intervene, below."
FORCE_BY_CLICK = "Click a word that left to keep it, another to drop it from that layer on."
FORCE_WHOLE = "The whole picture of this run"
FORCE_SAVE = "This run as JSON"
DELTAS_HOW = (
    "Each word has two bars: the outlined one the layers it went through before, the filled one after. The printed number is the "
    "difference. A struck word is only in the old text, a bold one only in the new. A word with a diamond was forced by hand."
)
DELTAS_LIMITS = "Why a decision changed: later decisions see all that came before them, also what was computed anew in the words between."

EDIT = "Change a word below: the old and the new text are laid side by side. Both are run by this model at these settings."
EDIT_LABEL = "The text, to be changed"
EDIT_SAME = "The text is unchanged so far."
EDIT_BLANK = "Nothing is left of the text: type at least one word."
EDIT_OPEN = "Look closer at the new text"
EDIT_RESET = "Back to the text"

SEARCH = (
    "Which single word, deleted or replaced, moves the stop or changes the answer? Every word is deleted, replaced by its opposite, and by "
    "a few words written for this (negations, intensifiers, words that say little): {total}, at most {budget} of the model."
)
SEARCH_RUN = "Search"
SEARCH_CANCEL = "Stop searching"
SEARCH_RUNNING = "{done} of {total} run"
SEARCH_STOPPED = "Stopped after {done} of {total}."
SEARCH_NONE = "{done} tried: none changes the answer or the depth."
SEARCH_FOUND = "{done} tried: the answer changes with {flips}, the depth alone with {moved}. Smallest: {edit}."
SEARCH_FOUND_TAGS = "{done} tried: the tag of another word changes with {flips}, the depth alone with {moved}. Smallest: {edit}."
SEARCH_OPEN = "An edit to look at"
SEARCH_OPEN_BUTTON = "Show side by side"
SEARCH_ROW = "Choose a row to see it side by side."
DELETED, REPLACED, NUMBERED = "“{old}”{number} deleted", "“{old}”{number} replaced by “{new}”", " (word {n})"
KINDS = {"deleted": "deletion", "opposite": "opposite", "negation": "negation", "intensifier": "intensifier", "neutral": "says little"}
COLUMNS = {
    "edit": "Edit", "kind": "Kind", "answer": "Answer", "tags": "Other words' tags", "depth": "Layers", "share": "Compute",
    "size": "Letters",
}  # fmt: skip
