"""Every string of the Methods page, in one place, so that they can be translated."""

TITLE = "Methods"
INTRO = (
    "What is said of a method comes from its own file, what was measured from its checkpoints' configs and readings. A new method that is "
    "dropped into `dynviz/methods` appears here by itself."
)
METHOD = "Method"
FIND = "Find a method by its name"
VIEW = "Show"
VIEWS = {"one": "One method", "zoo": "What the zoo says", "all": "All at a glance"}
KIND = "Kind"
KINDS = {
    "exit": "Early exit", "depth": "Depth per token", "tokens": "Fewer tokens", "layers": "Skipped layers", "cascade": "Cascade",
    "baseline": "Baselines", "policy": "Policies", "elsewhere": "Not run here",
}  # fmt: skip
COLUMNS = {
    "method": "Method, published, checkpoint",
    "does": "What it does, and what stops",
    "full": "Full depth",
    "at": "At its setting",
    "share": "Compute",
}
GLANCE_NOTE = (
    "Right answers on the evaluation split (of names, entity F1): at full depth, and at the setting each checkpoint ships with (set on the "
    "calibration split, or by hand: its card says which), in brackets the difference in points with its 95 % paired bootstrap interval; "
    "and what that setting costs, of the plain model's compute. Nothing was trained and no knob chosen on the evaluation split. Read off "
    "these rows, the best of many looks a little better than it is. A name opens the method's card in a tab of its own."
)
WITHOUT = "Registered, but no checkpoint ships yet"

ELSEWHERE = "Told of, not run: no model of it ships, and nothing on this card was measured here."
ELSEWHERE_NOTE = "Published methods that no model here runs: why, and what comes nearest, stands on their cards."
ELSEWHERE_COLUMNS = {"method": "Method, published", "caption": "What it does", "why": "Why it is not run here"}
PUBLIC = "What of it is public"
PUBLIC_COLUMNS = {"what": "What", "found": "Found", "source": "Where"}
PUBLIC_PARTS = {"paper": "Paper", "code": "Code", "weights": "Weights"}
WHY_NOT = "Why it is not run here"
NEAREST = "What comes nearest here"
OPEN_METHOD = "Open {title}"

STOPS = "What stops: {what}"
ONE_RUN = "One run serves every setting"
ONE_RUN_HELP = "Stopping cannot change what was read before, so every knob setting is replayed from one run at full depth."
EACH_RUN = "Runs again for each setting"
EACH_RUN_HELP = "What stops changes what the others see, so every knob setting is a run of its own."
INFERRED = "inferred"
INFERRED_BADGE = f":orange-badge[{INFERRED}]"
INFERRED_NOTE = "**inferred**: the paper leaves it open or gives no code; decided here, by measuring where it matters."

KNOBS = "Knobs"
KNOB_COLUMNS = {
    "knob": "Knob (name in code)", "label": "Its ends", "range": "Range", "default": "Default", "off": "Off at", "stops": "Stops more",
}  # fmt: skip
LOG = "even in powers of ten"
DIRECTIONS = {"up": "when larger", "down": "when smaller"}
FAMILY = "Set in training: {parameter}. One checkpoint each: {values}."
READINGS = "What it reads"
READING_COLUMNS = {"reading": "Reading", "unit": "One per", "label": "Meaning", "compared": "The rule compares it"}
UNITS = {"sentence": "sentence", "token": "token", "answer": "answer"}

PICTURE = "On one example"
EXAMPLE = "Example"
CHECKPOINT = "Checkpoint"
NO_PICTURE = "No stored example ships with this checkpoint. Open it on the Sentence page and type one."
NOTHING_STOPS = (
    "At the setting it ships with, nothing stops in any of these examples. How that setting was chosen stands below; to see it stop, "
    "open one on the Sentence page and turn the knob."
)
OTHER_KNOBS = "Shown as it ships: the knobs in the sidebar are those of {name}, the model in use, and change nothing here."
OTHER_LAYERS = "Shown on {there}: no model of this method stands on {used}, as the one in use does."
NO_GAP = (
    "No layer is skipped in any of these examples at the setting it ships with; a skipped one would be a gap across the row. To see one, "
    "open an example on the Sentence page and turn the knob."
)
GATES_KEY = "Dark: open. Blank: shut, nothing of that rank passes."
COUNTS_KEY = "A bar: so many tokens at most go on to the layer's feed-forward block."
LEARNED_KEY = "Dark: large. Blank: there is none."
LEARNED_LIMITS = "What it does to a text: it was learned over all of them, and stands in the checkpoint as it is."
KEPT_LIMITS = (
    "A promise: what was got on these texts can be missed on others, most of all on such as are unlike those it was fitted on. A "
    "setting that keeps a promise is found on the Trade-off page."
)

CURVE = "What it must beat"
FULL = "plain model, full depth"
CURVE_KEY = "Ring: the setting it ships with. Band: 95 %, paired, n = {n}. Grey, dashed: untrained rules that drop tokens. ■: cut models."
CURVE_HOW = (
    "Accuracy (of names, entity F1) on the evaluation split against compute, as a share of the plain model's, with gates and predictors "
    "counted. A choice of tokens is worth something where its curve lies above those that drop as many at random, at the end of the text, "
    "or by attention without training; and it is worth more than a smaller model where it lies above the cut ones, which were tuned at "
    "their depth."
)
CURVE_LIMITS = (
    "Whether a distance is more than chance: the band is that of this model against its own full depth. Time: what is left out of the "
    "operations need not be saved on the clock, which the Trade-off page shows."
)

TRAINED = "How it was made"
FACT = "Fact"
TRAINED_COLUMNS = {
    "name": "Checkpoint", "task": "Task", "version": "Version", "size": "Size", "encoder": "Encoder", "data": "Trained on", "rows": "Rows",
    "stages": "Stages", "time": "Time", "seed": "Seed", "versions": "With", "when": "Made",
}  # fmt: skip
METRICS = "Measured here"
METRIC_COLUMNS = {
    "name": "Checkpoint", "split": "Split", "n": "Examples", "full": "Full depth", "knobs": "Its own setting", "set": "Set", "at": "There",
    "beside": "Against plain", "share": "Compute",
}  # fmt: skip
METRIC_NOTE = (
    "Set: on calibration, where the first knob is at the cheapest setting that loses at most half a point of its full depth there, among "
    "all its steps, or, where a method cannot be replayed, among those measured; off, where none does; or by hand. In brackets: points "
    "against its own full depth; against plain: against the plain model at full depth; both with their 95 % paired bootstrap interval, "
    "read off these rows. Compute: of the plain model's. A method whose training is said to use the calibration split was fitted there: "
    "its figures on that split are no estimate."
)
SET_BY = {
    "calibration": "on calibration", "asked": "on calibration: {why}", "off": "off: none measured keeps within half a point",
    "hand": "by hand: {why}",
}  # fmt: skip
PURPOSES = {"calibration": "calibration ({split})", "report": "evaluation ({split})"}
NO_PLAIN = "no plain model was measured"
READINGS_ONLY = "numbers only"
OWN, SHARED = "its own", "that of {name}"
BASE = "{model} as published, its weights rounded and stored once, in {name}, for all models on it"
LORA = "{shared}; of its own: low-rank updates of rank {rank}"
VERSION_NOTE = (
    "Version: the first 12 hex digits of SHA-256 over config and weights. Size: the checkpoint's own files; embeddings and shared encoders "
    "lie elsewhere, once."
)
NO_METRICS = "Nothing was measured yet."
OPEN_TRADEOFF = "See its curve"

PUBLISHED = "Figures others report"
PUBLISHED_NOTE = (
    "Other models, other data, other ways of counting cost, and none of it measured here: not to be read against the numbers above."
)
PUBLISHED_COLUMNS = {"data": "Data", "backbone": "Model", "score": "Score", "cost": "Cost, as they count it", "source": "Printed in"}
NO_PUBLISHED = "No figure of others could be traced to a source, so none is shown."
DEVIATIONS = "Where ours differs"
DEVIATIONS_NOTE = "From the paper, or from its authors' code where there is one."
DEVIATION_COLUMNS = {"theirs": "Theirs", "ours": "Ours", "why": "Why"}

POLICY = "A policy: it changes the setting of a method while texts stream by"
STREAM = "{title}: a threshold learned on a stream"
STREAM_MODEL = "Played on the readings of"
STREAM_METRICS = ("Right answers", "Mean exit layer", "Regret at the end")
STREAM_HELP = (
    "Mean over the orders; below, that of the best fixed threshold. The policy never sees which answers are right.",
    "Mean over the orders, of {layers} layers; below, that of the best fixed threshold.",
    "Reward lost against the best fixed threshold, from the least to the most of the orders; below zero, the policy beat it.",
)
STREAM_BESIDE = "best fixed: {value}"
PROXY = (
    "Confidence is a proxy. The policy earns by confidence, not by right answers: a model that is sure and wrong pays well. The real "
    "accuracy stands beside it, and the policy never sees it. {n} texts of the {split} split, in {orders} orders."
)
STREAM_HOW = (
    "Top left: how often each threshold was played; strokes from the least to the most of the orders, dark: the best fixed threshold. "
    "Regret: what the best fixed threshold had earned by then, less what was earned. Lines: means over the orders; bands: least to most; "
    "dotted: the best fixed threshold at the end of the stream."
)
STREAM_LIMITS = "A change of domain, which is what the policy is for: the stream is of the data the model was trained for."
NO_STREAM = "No checkpoint ships class probabilities after every layer, so there is nothing to play the policy on."

NO_ZOO = "The methods have not been compared yet. Run `python -m dynviz insights --write`; it takes a minute or two."
ZOO_TASK = "Task"
ZOO_INTRO = "{n} of the {report} split; every setting was chosen on the {calibration} split. The plain model at full depth: {score}{seeds}."
ZOO_ON = "All models have {on}."
ZOO_SEEDS = "; trained {n} times, {low} to {high}"
ZOO_BUDGET = "At most this share of the plain model's compute"
ZOO_HEADS = {
    "budget": "Who is best within a budget", "across": "The same methods on other texts", "scores": "Who beats simply cutting the model",
    "changes": "What stopping early changes",
    "exits": "How good each exit is alone", "trust": "Whether confidence can be trusted",
    "worth": "Whether confidence knows when to leave",
}  # fmt: skip
ZOO_COMPARED = ("budget", "scores", "changes")  # pictures in which methods are held against something
ZOO_INTERVALS = "Intervals: paired bootstrap over texts, 95 % for all {n} methods at once (max-t)."
ZOO_SETTINGS = {
    "budget": (
        "Knobs: for each method those of its most accurate setting within the budget on the calibration split ({calibration}), in the CSV. "
    ) + ZOO_INTERVALS,
    "scores": (
        "Knobs: for each method and budget those of its most accurate setting within it on the calibration split ({calibration}). "
    ) + ZOO_INTERVALS,
    "across": "Knobs: for each method and task those of its most accurate setting within the budget on that task's calibration split.",
    "changes": "Knobs: each checkpoint's own; of a family, the cheapest within half a point on {calibration}; in the CSV. " + ZOO_INTERVALS,
    **dict.fromkeys(("exits", "trust", "worth"), "No knob: every layer is read, over all texts."),
}  # of the captions  # fmt: skip
ZOO_AT_ONCE = (
    "One 95 % interval misleads in one sample of twenty; twenty read side by side would in most. So the intervals of all methods are "
    "widened, by the same number of standard errors, until they hold all at once in 95 of 100 samples (max-t bootstrap over texts; "
    "Westfall and Young 1993, Romano and Wolf 2005)."
)
ZOO_HOW = {
    "budget": (
        "Each method at its most accurate setting within the budget, chosen on the calibration split. A family of checkpoints is one "
        "method. Differences are paired, on the same texts: the lines against the plain model at full depth, the marks against the "
        "star, the choice of the calibration split. "
    ) + ZOO_AT_ONCE,
    "across": (
        "Two tasks that ask the same of different texts. Each method stands as in the picture above, at its most accurate setting within "
        "the budget on that task's own calibration split, and is held against that task's own plain model. Where texts are long, more of "
        "their tokens can be spared: a method that drops tokens should lose less there, and one that drops them by lot tells how much of "
        "that comes of the texts alone."
    ),
    "scores": (
        "After ELUE: at each of a fixed grid of budgets, the accuracy of the method's choice less that of the plain model cut and tuned "
        "at that depth, at the compute really spent, joined by straight lines. Dearer than the deepest counts as the deepest, cheaper than "
        "the shallowest has no point. "
    ) + ZOO_AT_ONCE,
    "changes": (
        "Answers that differ from the same model's full depth, at the knob the checkpoint ships with; of a family, at the cheapest member "
        "and knob within half a point of its best full depth on the calibration split. Overthinking is avoided where full depth would have "
        "turned a right early answer into a wrong one. "
    ) + ZOO_AT_ONCE,
    "exits": (
        "Each layer's own classifier over all texts, not only those that leave there, in % of answers that are right. It shows what a "
        "way of training does: DeeBERT's encoder is frozen, the jointly trained ones bend towards their exits. The first row is a model "
        "of that many layers tuned for itself."
    ),
    "trust": (
        "Over all texts, not only those that leave there. Calibration error: 15 bins of equal width, the mean gap between confidence "
        "(largest class probability) and accuracy. AUROC: the chance that a right answer looks surer than a wrong one, by the method's own "
        "signal: what its rule holds against its setting, the first where it is several. It is blank where the method does not read it, "
        "mostly in the last layer; the largest class probability never stands in for it, but can be compared in the table."
    ),
    "worth": (
        "EEFP, early-exit failure prediction (Kubaty et al., ICML 2026), over all texts. Leaving is worth it where the answer is right "
        "already, or where no later exit is right either. EEFP: the chance that an answer worth leaving with looks surer, by its largest "
        "class probability, than one that is not. A threshold uses nothing but this order, while calibration error looks at the numbers "
        "themselves: a classifier can be too sure everywhere and still order well. A dash where fewer than 20 answers are not worth "
        "it: its own number would be mostly luck, while the mean counts such an exit as any other, unless leaving it is always worth it. "
        "Pairs: different classifiers with exits after the same layers, compared in mean EEFP, and in accuracy where both leave by a "
        "limit on the largest probability, set so that the mean depth is 30, 40, 50 and 70 % of the layers. Intervals: bootstrap over "
        "texts, 95 %, of a method each for itself, of pairs all at once. Inferred: the area under the ROC curve as the measure, and "
        "the mean over all exits but the last."
    ),
}  # fmt: skip
HELD = "What holds on another backbone"
HELD_SIGNS = {"above": ":material/check_circle:", "level": ":material/help:", "below": ":material/cancel:"}
HELD_NOTE = (
    "The same methods on both, over the same texts, each within shares of its own plain model's compute, its setting chosen on the "
    "calibration split. Intervals redraw texts. They do not cover the luck of training, nor that the two were pre-trained on "
    "different texts. More exits have more chances to be right once."
)
HELD_HOW = {
    "work": (
        "To the right: more operations for the same texts, on a scale of multiples; up: more right answers. Work has one unit, so the "
        "two backbones share an axis here; shares of compute, each of another plain model's, do not."
    ),
    "order": (
        "A row is a method that has a setting within the budget on both backbones, chosen on the calibration split. Each mark is its "
        "accuracy less that of the plain model of the same depth and pre-training. Where the hollow marks rise steadily and the filled do "
        "not, the order is another."
    ),
    "shares": (
        "A row is a method that stops whole texts. Left: texts that leave in the first third of the layers, at its setting within "
        "half of the compute. Right: texts that some exit before the last has right and the last has wrong, whatever the knob."
    ),
}
HELD_LIMITS = {
    "work": "Time: models of the same work may differ in speed. What the models would reach with longer training.",
    "order": "Whether two methods of one backbone are surely apart: the pictures above say that, for each backbone alone.",
    "shares": "How often a method would have known that it had better leave.",
}
DOMAIN = "Another domain"
DOMAIN_INTRO = (
    "The models of *{home}*, at the settings they ship with, on {n} texts of *{away}* ({split}), read to {pieces} pieces. "
    "Nothing was trained or set anew."
)
DOMAIN_HOW = (
    "A row is a model, the cheapest away on top. Left: its share of the plain model's compute on the same texts, at home and away. "
    "Right: its accuracy at that setting less its own at full depth, so that what the texts themselves cost every model is left out; the "
    "intervals of all models of a place hold at once."
)
DOMAIN_LIMITS = "Other domains: these are longer texts about the same thing, films, with the same two labels."
ZOO_LIMITS = {
    "budget": (
        "The luck of training, but for the strokes where further seeds ship. Intervals allow for the methods of one picture, not for "
        "looking at several budgets, tasks and pictures. Some methods offer dozens of settings to choose from, others a few."
    ),
    "across": (
        "Whether the two places of a row are surely apart: their intervals are of different texts; where they overlap it cannot be told. "
        "Models of the two tasks were trained on different numbers of rows, for different times."
    ),
    "scores": (
        "The luck of training. Methods without a setting at some budgets are averaged over fewer; how many stands at the right."
    ),
    "changes": "Whether an answer that did not change was right.",
    "exits": "What the rule makes of them: it sends easy sentences out early, and these are the ones that early classifiers get right.",
    "trust": (
        "How calibration would be after fitting a temperature. What a combined answer of several layers is worth. Whether one AUROC is "
        "surely larger than another: they have no intervals here."
    ),
    "worth": (
        "Accuracy: a wrong answer that nothing mends counts as worth leaving with. How much later a later exit is. Whether one threshold "
        "suits all exits. The pairs share models, so that they are no independent witnesses."
    ),
}  # fmt: skip
