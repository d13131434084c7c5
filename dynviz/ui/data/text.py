"""Every string of the Data page, in one place, so that they can be translated."""

NOUN = "text"  # what a row is called, of whatever kind the visitor's are
TITLE = "Your rows"
INTRO = (
    "Run {model} over many texts at once. You see where they stop and what those have in common, where stopping early hurts, how far "
    "confidence can be trusted, and how two runs differ."
)
PRIVATE = "Rows stay on this server: they are deleted with the run, or a day after it was last looked at, and are sent nowhere else."

# where rows come from
SOURCE = "Rows from"
SOURCES = {"bundled": "Bundled texts", "paste": "Pasted lines", "file": "A file", "hub": "A Hub data set"}
NO_FILES = (
    "This is a public demo: it reads no files and no data sets by name, and at most {rows} rows at once. Installed, DynViz reads yours."
)
BUNDLED = "The bundled texts"
BUNDLED_NOTE = "{n} texts written for DynViz, labelled and tagged by what makes them hard. The first of them:"
BUNDLED_BLIND = "{n} texts written for DynViz, without right answers for this model. The first of them:"
PASTE = "Lines"
PASTE_HINT = "One example on each line. Where every line ends in a tab and a label, the labels are read too."
PASTE_PAIRS = "Two texts on each line, with a tab between them. Where every line ends in another tab and a label, the labels are read too."
PASTED = "Pasted lines"
PASTE_LONG = ("The lines have {n:,} characters", "at most {most:,} are read here", "Paste fewer of them")
FILE = "CSV, TSV, JSON, Parquet, Excel, CoNLL or text"
FILE_HELP = "At most {megabytes} MB and {rows:,} rows. A header names the columns; in a text file each line is an example."
HUB = "Data set"
HUB_HINT = "owner/name, owner/name:split or owner/name/subset:split"
HUB_HELP = (
    "This server fetches it from the Hugging Face Hub. Of a set with subsets name one: owner/name/subset:split. A part of a split: "
    "owner/name:train[:1000]."
)
HUB_LOAD = "Fetch"
HUB_EXAMPLE = "stanfordnlp/sst2:validation\nowner/name:train[:1000]"
EMPTY = {
    "paste": (
        "Paste a text on each line, then press Ctrl + Enter or click outside the box. A tab and the right answer may follow each:",
        ":material/content_paste:",
    ),
    "file": (
        "Choose a file. Its columns are guessed, and you can correct the guess before anything runs. A column of right answers is welcome, "
        "but not needed. As CSV:",
        ":material/upload_file:",
    ),
    "hub": ("Name a public data set of the Hugging Face Hub, with a split or a part of one, and click Fetch:", ":material/cloud_download:"),
}
EMPTY_PAIRS = {
    **EMPTY,
    "paste": (
        "Paste two texts on each line, with a tab between them, then press Ctrl + Enter or click outside the box. Another tab and the "
        "right answer may follow:",
        ":material/content_paste:",
    ),
}
READING = "Reading the rows"
FETCHING = "Fetching the data set"

# columns
TEXT_COLUMN = "Text"
FIRST_COLUMN, SECOND_COLUMN = "First text", "Second text"
SECOND_HELP = "The same column twice, where its cells hold both texts: in two lines, or beside a tab."
LABEL_COLUMN = "Right answer"
NO_LABELS = "none"
LABEL_HELP = "Without it the page compares early answers with full depth, and cannot say which are right."
RIVALS = "As right answers would also fit: {columns}."
MAPPING = "These labels are not names of the task's. What do they mean?"
PROPOSED = "What these labels mean is not certain: {guess}. What each likely means is proposed here; correct it where it is wrong."
ASSUMED = "What these labels were taken to mean"
NO_MEANING = "Choose what the labels mean, and the rows are shown; or choose “none” as the right answer to go on without."
LEAVE_OUT = "leave these rows out"
MANY_LABELS = (
    "Column “{column}” holds {n:,} different values, and {title} knows {known} labels",
    "that is too many to ask what each means",
    "Rename them in the file, choose another column, or “none” to go on without labels",
)
UNKNOWN_TAGS = "Tags that are not of the task: {tags}. Rows that hold one are left out."
PREVIEW = "As they will be read"
ROWS_READ = "{n}, {labels}"
WITH_LABELS, WITHOUT_LABELS = "with right answers", "without right answers"
COLUMNS = {"row": "Row", "text": "Text", "label": "Right answer", "kinds": "Kinds"}
SKIPPED_LINE = "Line"
SKIPPED_WHY = "Why it is left out"
LEFT_OUT = "{n} left out"
LEFT_OUT_MORE = "The first {n:,} are listed."
RUN = "Run on {rows}"
RUN_NOTE = "{model}, {setting}. It runs in the background: you may close the page and come back by its link."

# progress
NEW = "New run"
CANCEL, RESUME, DELETE = "Cancel", "Resume", "Delete"
DELETE_HELP = "Delete the rows and all results from this server."
LINK = "The address of this page opens this run, also in another browser. Whoever has it sees the rows."
GONE = (
    "This run is not kept any more: runs are deleted a day after they were last looked at, your oldest when you start a thirteenth, and, "
    "unless its operator keeps them, all when the server stops. Start a new one."
)
WAITING = "Waiting for its turn: {place} in the queue of this server"
BEGINNING = "Loading the model and reading the first of {rows}"
PROGRESS = "{done:,} of {rows} read{left}{others}"
LEFT = " · about {time} left"
OTHERS = " · taking turns with {n} other {runs}"
ELSEWHERE = " · read by another server that shares this one's folder"
INTERRUPTED = (
    "Stopped at {done:,} of {rows}, when the server ended. What was read is kept and shown below. It did not go on by itself: {error} "
    "Resume tries again."
)
NOT_TIDY = "old runs or uploads could not be deleted"
NO_MODEL = ("The run cannot go on", "its model is not on this server any more", "Run the rows with another one")
CANCELLED = "Stopped at {done:,} of {rows}. What was read is kept and shown below; Resume goes on from there."
FAILED = "Stopped at {done:,} of {rows}. {error} What was read is kept; Resume tries again."
DONE = "{rows} read in {time}."
BROKE = "Something went wrong on our side; it was written to the server's log."
NOTHING_YET = "Results appear with the first rows read."
SO_FAR = "Shown so far: {n}."

# what is shown
RAN = "“{title}”, run with {model} (checkpoint {digest})."
OTHER_MODEL = "This run is of {model}; the sidebar shows another one. It is shown at its own setting."
USE_MODEL = "Show {model} in the sidebar"
RUN_HERE = "Run these rows with {model}"
OTHER_SETTING = "Shown at the setting it was run with ({setting}): with this method, another setting needs another run."
TOO_LONG = "{n} longer than the {limit} pieces the model reads: their ends were not read."
LINE = "{score} here, {full} at full depth. {verdict}"
BLIND_LINE = "{changed} of {n} {differ} from full depth. Without right answers it cannot be told which of the two is better."
FULL_LINE = "Nothing stops at this setting. Move the knob to stop earlier."

EXITS_TITLE = "Where they stop"
FUNNEL_KEY = "Whisker: from row to row, the outer tenths left out."
FUNNEL_HOW = (
    "Of all tokens of all rows, those still computed in each layer, the input at the top; beside them what each layer costs, heads not "
    "counted. A wide whisker: the model treats your rows very differently, and the mean says little of any one of them."
)
FUNNEL_LIMITS = "Which tokens they are: open a row on the Sentence page. And time: fewer tokens save less time than FLOPs."
GOING_BY = "Which tokens go, by"
GOING = {"position": "position", "length": "length of the row", "tag": "right tag"}
GOING_HOW = (
    "All rows together, at this setting: of the pieces of a group, those computed in each layer. Thirds: of the pieces of each row between "
    "[CLS] and [SEP]. Lengths: a third of the rows each, as nearly as equal lengths allow. Right tags: of words, by their first piece. "
    "Groups of fewer than 20 are left out."
)
GOING_LIMITS = "Why a sort goes. Tags have their places in a text, and long rows their kinds of words."
NO_SPEECH = (
    "By part of speech it can be told only where each word comes with its right tag, and these rows have none. The Methods page tells it "
    "of a sample, with tags told by a model."
)
BLIND_WORDS = ("as full depth", "differs")
EXITS_KEY = "Plain: {good}. Hatched: {bad}. Line: share of texts done."
EXITS_HOW = (
    "One bar per layer: the texts that stop after it. Below, the share that is done by then. A click on a bar, or the menu under "
    "the tables, lists its texts."
)
EXITS_LIMITS = "Why a text stopped there: open one on the Sentence page. Late is not wrong, and early is not right."

VIEW = "Look at"
VIEWS = {
    "difficulty": "Difficulty",
    "kinds": "Kinds",
    "inbox": "Disagreements",
    "trust": "Confidence",
    "beside": "Two runs",
}

BY = "By"
BYS = {
    "length": "Length",
    "rarity": "Rarity",
    "kind": "Kind",
    "negation": "Negation",
    "label": "Right answer",
    "answer": "Answer",
    "tag": "Part of speech",
}
BY_AXIS = {
    "length": "length in pieces",
    "rarity": "rarity (mean vocabulary rank)",
    "kind": "kind of text",
    "negation": "negation",
    "label": "right answer",
    "answer": "answer at full depth",
    "tag": "part of speech",
}
NEGATED, NOT_NEGATED = "with a negation", "without a negation"
MEASURE = "Show"
MEASURES = {"layers": "Layers", "compute": "Compute", "right": "Accuracy", "same": "As full depth"}
OF_WORDS = "mean depth of the words"
MEASURE_AXIS = {"layers": "mean depth of all tokens", "compute": "compute", "right": "accuracy", "same": "agreement with full depth"}
GROUP = "List the texts of"
GROUP_NONE = "no group"
TOO_FEW = "Too few rows to group them so. Add rows, or choose another grouping."
COMMONEST = "The {shown} commonest of the {all} classes that occur are drawn."
DIFFICULTY_KEY = "Dot and line: mean and 95 % interval. Dashed: all texts."
DIFFICULTY_HOW = (
    "Each dot is the mean over a group of texts, with its 95 % interval; the dashed line is the mean over all. Groups along a "
    "number hold about equally many texts. A click on a dot, or the menu below, lists its texts."
)
DIFFICULTY_LIMITS = (
    "What goes with depth need not cause it: long texts also hold rarer words and more negations. Rarity is the mean rank of the "
    "text's pieces in the tokenizer's vocabulary, which is roughly ordered from frequent to rare; it knows nothing of your rows. "
    "Kinds are set by simple word rules."
)
DIFFICULTY_MATHS = (
    "Mean of a group = sum of t over sum of c over its texts (layers: t the text's layers, c = 1; compute: FLOPs spent over "
    "FLOPs of the plain model; accuracy: right answers over answers). Interval: mean ± 1.96 standard errors of that ratio, texts "
    "being the units; Wilson's interval where every text has one answer. None for a single text."
)

KINDS_BY = "Slices by"
KINDS_BYS = {"kind": "Kind of text", "label": "Right answer", "length": "Length"}
KINDS = "Largest loss: {worst} ({points} points, {n}). {surest}"
KINDS_UNSURE = "No slice's interval lies below zero, so none of these losses is certain."
KINDS_NONE = "No slice loses {metric} at this setting."
KINDS_WHERE = "From, to"
KINDS_NOTE = (
    "{where}: 95 % paired bootstrap interval of the difference to full depth. A text of two kinds counts in both. Many rows are "
    "tested at once: one in twenty excludes zero by chance."
)
KINDS_BLIND = "Without right answers the slices say how often the answer differs from full depth. Most often: {worst} ({share}, {n})."
BLIND_COLUMNS = {
    "slice": "Slice",
    "n": "Texts",
    "same": "As full depth",
    "low": "From",
    "high": "To",
    "share": "Compute",
    "depth": "Depth, all tokens",
}

INBOX = {"worse": "Worse early", "avoided": "Better early", "differs": "All that differ"}
INBOX_PICK = "List"
INBOX_HELP = (
    "Worse early: full depth is right, the early answer is wrong. Better early: full depth is wrong, the early answer is right "
    "(overthinking avoided)."
)
INBOX_NONE = "No text here: at this setting every answer is as at full depth."
INBOX_LINE = "{worse} where stopping early hurts, {avoided} where it helps. The list below begins with the answers the model was surest of."
INBOX_BLIND = "{differs} whose answer differs from full depth. The list below begins with the answers the model was surest of."

TRUST_AT = "Confidence of"
GIVEN = "the answers given"
TRUST_BLIND = "There are no right answers: “right” means here the same answer as at full depth."
TRUST_HOW = (
    "Left: answers in 15 bins by how sure the model was (largest class probability); the bar says how often they are right. On the "
    "dashed line, sure means right. Right: for each layer, as if every text had stopped there: how often it is right, how far "
    "confidence strays from that (ECE), and how well it foretells mistakes (AUROC; 0.5 is chance). A click on a bar lists its "
    "texts, one on a layer shows its reliability."
)
TRUST_LIMITS = (
    "Other rows: calibration found here holds for rows like these. Bins of few answers scatter; their intervals say how much. What the "
    "method's own rule goes by, where that is not this confidence: the Methods page judges it, for the models in the box."
)
TRUST_MATHS = (
    "ECE = sum over bins of (n_bin / n) · |accuracy - mean confidence|, 15 bins of equal width. AUROC = chance that a right answer is "
    "surer than a wrong one, ties counting half. Intervals: Wilson, 95 %."
)
NO_TRUST = "This method reads no probabilities before its answer, so only the answers given can be judged."

OTHER_RUN = "Compare with"
OTHER_RUN_NONE = "choose one of your runs"
OTHER_LINK = "or the link of a run"
OTHER_EMPTY = "Start a second run (other rows, another model or another setting) with “New run”; then choose it here."
OTHER_SAME = "That is this run."
OTHER_GONE = "That link opens no run that is still kept."
BESIDE_COLUMNS = {"what": "", "one": "This run", "other": "The other", "difference": "Difference"}
BESIDE_NAMES = ("this run", "the other run")
BESIDE_NOTE = (
    "In brackets: 95 % intervals. {other} is shown at {setting}. Intervals of differences take the two runs as independent samples "
    "(Newcombe's method); on the same rows the true difference is known better than they say."
)
BESIDE_BACKBONES = (
    "The two models stand on different backbones. Each share of compute is of another plain model's, so the difference of the two shares "
    "says nothing of the operations saved."
)
BESIDE_ROWS = {"n": "Texts", "right": "Accuracy", "same": "As full depth", "compute": "Compute", "layers": "Mean depth of all tokens"}
BESIDE_HOW = "Bars: share of each run's texts that stop after the layer. Plain bars: this run; hatched: the other."
BESIDE_LIMITS = "Why they differ. Models with different layers are compared layer by layer, whatever a layer costs."

# rows
ROWS_TITLE = "Rows"
EXIT, ALL = "Stopped after", "any layer"
OUTCOME = "Outcome"
OUTCOMES = {
    "all": "any outcome", "differs": "differs from full depth", "worse": "worse than full depth", "avoided": "better than full depth",
    "wrong": "wrong here", "right": "right here",
}  # fmt: skip
KIND, ANY_KIND = "Kind", "any kind"
FIND = "Text holds"
SORT = "Order"
SORTS = {"given": "as given", "surest": "surest first", "unsure": "least sure first", "deep": "deepest first", "long": "longest first"}
PAGE = "Page"
PAGE_OF = "{first:,}\N{EN DASH}{last:,} of {n}"
NO_ROWS = "No row fits these filters."
IN_GROUP = "Only: {name}."
OPEN_ROW = "Row to open"
OPEN_HINT = "Click a row's box in the table, or choose it here."
ROW_COLUMNS = {
    "row": "Row", "text": "Text", "right": "Right", "here": "Answer here", "full": "At full depth", "outcome": "Outcome", "sure": "Sure",
    "exit": "Stopped after", "kept": "Tokens to the end", "layers": "Depth, all tokens", "share": "Compute", "words": "Words",
    "differ": "Differ", "wrong": "Wrong here",
    "wrong_full": "Wrong at full depth", "length": "Pieces", "kinds": "Kinds",
}  # fmt: skip
ROW_OUTCOMES = {
    "same": "as full depth",
    "differs": "differs",
    "right": "✓ right",
    "worse": "✗ worse",
    "avoided": "✓ better",
    "wrong": "✗ wrong",
}

SAVE_CSV_HELP = (
    "Safe to open in a spreadsheet: a text that it would take for a formula, or a part of one wherever it may split it, is led by an "
    "apostrophe. Read here again, or as Parquet, texts are as they were."
)
SAVE_CSV, SAVE_PARQUET, SAVE_REPORT = "Results as CSV", "Results as Parquet", "Report (HTML, prints well)"

# report
REPORT_TITLE = "DynViz report: {title}"
REPORT_CAPTION = "n = {n}. Model {model}, method {method}, checkpoint {digest}, {setting}. DynViz {version}, {date}."
REPORT_FOOT = (
    "Compute counts every FLOP, classifiers and gates included, over those of the plain model on the same unpadded rows. Intervals are "
    "95 %. This file is complete in itself: it loads nothing and sends nothing."
)
REPORT_SECTIONS = {
    "exits": "Where the texts stop", "length": "Length", "rarity": "Rarity", "kinds": "Kinds of texts", "trust": "Confidence",
    "rows": "Texts to look at", "left": "Rows left out",
}  # fmt: skip
REPORT_WHERE = "In brackets"
REPORT_SLICES = {
    "tag": "Kind", "n": "Texts", "words": "Words", "here": "{metric} here", "full": "At full depth", "difference": "Difference, points",
    "share": "Compute", "depth": "Depth, all tokens",
}  # fmt: skip
REPORT_TRUST = {"layer": "Layer", "answers": "Answers", "accuracy": "Accuracy", "ece": "ECE", "auroc": "AUROC"}
REPORT_ROWS = "{n} whose answer is {what}, surest first."
