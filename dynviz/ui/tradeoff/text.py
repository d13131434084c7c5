"""Every string of the Trade-off page, in one place, so that they can be translated."""

AXIS = "Horizontal axis"
AXES = {"share": "Compute", "layers": "Layers", "ms": "Milliseconds", "energy": "Energy"}
AXIS_HELP = (
    "Compute counts every FLOP, heads and gates included. Layers is the mean depth of all tokens, [CLS] and [SEP] included. Milliseconds "
    "were measured on the machine that is named under the chart, and can be measured on this one. Energy is EdgeBERT's model."
)
COMPARE = "Beside it"
COMPARES = {"kind": "Its own kind", "best": "The thriftiest of all", "own": "My choice"}
COMPARE_HELP = (
    "Thriftiest: within a point of full depth at the least compute. Its own kind: the thriftiest of methods that stop the same thing, "
    "filled up with others where there are few. At most five beside the model in use, so that every curve keeps a colour and a name."
)
CURVES = "Curves"
CURVES_HELP = "The curve of the model in use is always drawn; at most five beside it."
CURVE = "Curve"
POINT = "Point on it"
POINT_OFF = "off"
POINT_HELP = "The same as a click on a point of the chart: it sets the model and its knob here and on the Sentence page."
KEY = (
    "Band: 95 % paired bootstrap of the difference to full depth, n = {n}. ○: another point is cheaper or better. Thin steps: the "
    "best reached at each cost. Ring: the setting in use."
)
KEY_INSET = " Small frame: the whole vertical axis."
KEY_BUDGET = " Dashed: the budget of {budget}; in the shade, what is dearer."
CLICK = "Click a point to use that model and setting, here and on the Sentence page."
OPEN_DATA = "Run it on rows of your own"
OPEN_METHOD = "How {name} works"
ABOUT_CURVES = "What these methods do"

NO_READINGS = (
    "No measured numbers ship for this task yet. Train a model with `python -m dynviz train`, or measure one on your own file with "
    "`python -m dynviz sweep --model NAME --data FILE`."
)
NO_OWN = "{name} ships without measured numbers, so it has no curve here. The others are drawn; the Data page can run it."
UNREAD_OWN = "The measured numbers of {name} ship, but cannot be read, so it has no curve here. The others are drawn."
UNREAD_READINGS = "The measured numbers of this task ship, but cannot be read: python -m dynviz doctor NAME says why."
NOT_RUNNABLE = "{name} ships as numbers only: its curve can be compared, but there is no model to open."
BASELINE = "{name} is a baseline, not a model: there is nothing to set."
NOT_MEASURED = "The exact setting ({wanted}) was not measured: the ring marks the nearest one that was ({there})."

FULL_LINE = "{name}, nothing stops. Every curve is measured against this. Move the knob, or click a point, to spend less."
LINE = "{name}, {knobs}: {score}, against {full} at its own full depth. {verdict}"
AGAINST = "Against the plain model at full depth ({score}): {difference} points [{low}, {high}]."
MEASURED = (
    "Measured on the evaluation split ({split}, {n}). No setting was chosen on it; read off as the best of many here, one would look a "
    "little better than it is."
)

BACKBONE_NOTE = (
    "All models here stand on the backbone of {own}, and compute is a share of its own plain model's. Those of {others} have another: "
    "they are chosen at the left and have a chart of their own. "
)
CHART_NOTE = "Random and oracle exit belong to {name}. "
YARDSTICKS_NOTE = "Grey and dashed: the plain model, losing tokens by a rule that nobody trained. "
STEPS_NOTE = "Trained for {own} steps, starting models included; the models of one fixed depth for {cuts} each. "
FAMILY_NOTE = "Steps: each point is a model of its own, trained with another {parameter}; nothing lies between. "
ALT = "{finding} Curves of {metric} against {axis}: {curves}."

NO_SEEDS = "{name} was trained once: how far the luck of training reaches is not known."
UNREAD_SEEDS = "How far the luck of training reaches for {name} is not known: numbers of it, or of other seeds, ship but cannot be read."
SEEDS = "Trained {n} times, each with another seed: at full depth {full}"
SEEDS_HERE = "; at this setting {low} to {high}, at {share_low} to {share_high} of the compute."
SEEDS_END = "."
SEEDS_WIDER = "The trainings lie {spread} points apart: a smaller difference between two methods may be luck."
SEEDS_NOTE = (
    "Smallest to largest of {n} trainings, no interval: the band of the chart covers the choice of texts, not the luck of training. "
    "The other seeds ship as numbers only."
)
SEED_COLUMNS = {
    "name": "Training", "seed": "Seed", "full": "At full depth", "accuracy": "{metric} here", "difference": "Difference", "low": "From",
    "high": "To", "share": "Compute",
}  # fmt: skip
SEED_MARK = "Thin lines: the same training with other seeds. "

VIEW = "Look at"
VIEWS = {
    "risk": "A promise",
    "flips": "Answers that change",
    "batch": "A batch, lane by lane",
    "seeds": "The luck of training",
}

BUDGET_TITLE = "Spend at most"
BUDGET = "Share of the plain model's compute, at most"
BUDGET_HELP = (
    "The dashed line on the axis of compute. For each curve the most accurate setting within it is chosen on the calibration split, and "
    "what that does is read off the evaluation split."
)
AMONG = "Choose among"
AMONG_OPTIONS = {"this": "This curve", "all": "All curves"}
CHOSEN = "**Chosen on the calibration split** ({split}, {n})"
CHOSEN_LINE = "{name}, {knobs}: {share} of compute, {score} there."
CHEAPEST = "No setting of {name} keeps to {budget} there. Its cheapest spends {share}: {knobs}, {score}."
REPORTED = "**Reported on the evaluation split** ({split}, {n})"
REPORTED_LINE = "{share} of compute, {score}: {difference} points [{low}, {high}] against full depth."
OVER = "That is {by} points of compute more than the budget: other data, other texts."
NO_CALIBRATION = (
    "No numbers of the calibration split ship for this curve, so no setting is chosen here: choosing on the evaluation split would flatter."
)
UNREAD_CALIBRATION = "Numbers ship for this curve that cannot be read, so no setting is chosen here."
USE = "Use this setting"
USED = "In use"

FLIPS = "{changed} of {n} {differ} from full depth: {worse} worse, {avoided} overthinking avoided{other}."
FLIPS_OTHER = ", {count} wrong either way"
NO_FLIPS = "{n}: every answer is as at full depth."
KINDS = {"worse": "Worse", "avoided": "Overthinking avoided", "changed": "Wrong either way"}
KIND_HELP = (
    "Worse: full depth was right, this is wrong. Overthinking avoided: full depth was wrong, the earlier answer is right. Wrong "
    "either way: both are wrong, differently."
)
SHOW = "Show"
FLIP_TABLE = "The answers that change, by row"
TAGS_TITLE = "By kind of text"
TAGS = "Largest loss: {worst} ({worst_points} points, {worst_n}). {surest}"
TAGS_UNSURE = "No kind's interval lies below zero, so none of these losses is certain."
TAGS_NONE = "No kind of text loses {metric}."
TAG_COLUMNS = {
    "tag": "Kind", "sentences": "Texts", "answers": "Words", "here": "{metric} here", "full": "At full depth",
    "difference": "Difference", "low": "From", "high": "To", "share": "Compute", "depth": "Depth, all tokens", "worse": "Worse",
    "avoided": "Avoided",
}  # fmt: skip
TAG_NOTE = (
    "From, to: 95 % interval of the difference. A text of two kinds counts in both. Kinds are set by simple word rules. "
    "Many rows are tested at once: one in twenty excludes zero by chance."
)
FLIP_COLUMNS = {
    "row": "Row",
    "kind": "What changes",
    "right": "Right",
    "here": "Answer here",
    "full": "At full depth",
    "layer": "Stopped after layer",
    "tags": "Kinds",
    "length": "Pieces",
    "place": "Word",
}

EXITS_TITLE = "Where they stop"
EXITS_KEY = "Plain: right. Hatched: wrong. Line: share of {noun}s done."
LAYER = "List the rows that stop after"
NO_TEXTS = (
    "The texts of this split ({split}) do not ship, only what was measured on them: a row is told by its place in the split, its kinds and "
    "its length. To read the texts, give the file."
)
GIVE_FILE = "Give the file on the Data page"
LAYER_NONE = "none"
RIGHT, WRONG = "✓ right", "✗ wrong"
LAYER_TABLE = "{n} {stop} after {layer}, {right} of them rightly answered."

READ = """
- Further left is cheaper, further up is better. A method earns its place above the **one fixed depth** line: the plain model simply cut
  after 1, 2, ... layers and tuned there.
- Each point is one setting of the knob over the whole evaluation split. **○**: another point is at least as good for less. The **thin
  steps** join the best reached at each cost.
- The **band** is the 95 % interval of the difference to the same model's full depth. Where it includes the height of full depth, no
  loss can be shown with this many examples.
- **Random exit** leaves after a layer drawn by lot, at the same cost. **Oracle exit** leaves at the first layer that happens to be
  right: no rule can know that, so none can beat it.
- The **ring** is the setting in use, here and on the Sentence page. Click another point, or use the two menus below the chart.
"""
MATHS = r"""
**Compute.** FLOPs spent on all texts, heads, gates and predictors included, over the FLOPs of the plain model on the same unpadded
texts:
$\text{share} = \sum_s F_s \,/\, \sum_s F^{\text{plain}}_s$. In a cascade the plain model is the big one. The share may exceed 100 %.

**Difference.** On the same answers $u$, right here ($c_u$) and at full depth ($c^0_u$): $d = \frac{1}{U}\sum_u (c_u - c^0_u)$. Only the
answers that change count,
so its interval is much narrower than that of either accuracy.

**Interval.** 2,000 bootstrap draws with a fixed seed: texts are drawn with replacement, whole (all words of one at once); the 2.5
and 97.5 percentiles of $d$ over the draws.

**Budget.** Among the settings with $\text{share} \le B$ *on the calibration split*, the most accurate there; of equals, the cheapest.
Accuracy, interval and realised
compute are then those of the evaluation split. Choosing and reporting on the same data would flatter the choice.
"""
NOT = """
- **Time, unless measured.** FLOPs are not milliseconds: small layers wait for memory, batches wait for their slowest text. Choose
  milliseconds as the axis to measure here, or `python -m dynviz bench`.
- **Other texts.** The numbers hold for {what}. On other texts both accuracy and savings move.
- **Other seeds.** Each curve is one training run; where further seeds ship, they are drawn as thin lines for the model in use. The
  intervals cover the choice of texts, not the luck of training.
- **A fair race.** The methods differ in what was trained and for how long; the Methods page says how.
- **Layers of different size.** In a cascade a layer of the small model counts as much as one of the big; compute does not.
"""
