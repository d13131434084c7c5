"""Every string of the Trade-off page's axes and batches, in one place, so that they can be translated."""

BATCH = "Times hold for a batch of"
BATCHES = {"1": "1 text", "32": "32 texts"}
AXIS = "milliseconds per text in {batch}, one thread of {processor}"
OF_ONE, OF_MANY = "a batch of one", "batches of {batch}"

MEASURE = "Measure on this machine"
MEASURE_ALL = "Measure on this machine ({seconds} s)"
MEASURE_MORE = {1: "Measure one more curve", 2: "Measure {n} more curves"}
ASK = (
    "No times ship for the model in use: they belong to a machine. **{models}** would be run now on bundled texts, alone and in batches, "
    "one thread, some {seconds} seconds in all. Until then nothing is drawn on this axis."
)
ASK_BATCH = (
    "How long a batch takes belongs to a machine, and no times ship for the model in use. **{models}** would be run now on bundled texts, "
    "alone and in batches, one thread, some {seconds} seconds. Then its layers' times draw the batch."
)
SECONDS = 5  # of a model, on a core of its own
MEASURING = "Running {model}: {done} of {total}"
HERE = "on this machine ({processor}, one thread, {date})"
ELSEWHERE = "on {processor}, one thread, {date}, and shipped; this machine may differ"
MEASURED = (
    "**Measured** {where}: each layer in real runs of bundled texts, alone, by 8 and by 32. **Derived** from that: what is drawn. A layer "
    "takes {call} ms + {sentence} ms per text + {flop} ms per GFLOP ({name}); this misses the measured runs by at most {error}."
)
PACKED = "Finished texts leave the batch and nothing is padded. Batches are consecutive texts of the split."
FAMILY = "Members of a family are timed by the first: they differ in weights only."
LEFT_OUT = "Not on this axis: {names}."
NOT_TIMED = "not measured on this machine, or without a model to run"
RANDOM_MS = "Random exit is what to expect, its batches waiting for no one but running each layer that one of them needs."
STATIC_MS = "One fixed depth: the measured layers of {name}, so many of them."
RUNS = "What was measured"
RUN_COLUMNS = {
    "model": "Model", "setting": "Setting", "batch": "Batch size", "sentences": "Texts run", "ms": "Measured, ms per text",
    "low": "Quickest round", "high": "Slowest round", "fitted": "By the formula",
}  # fmt: skip

ENERGY = (
    "**A model, not a measurement** (EdgeBERT, MICRO 2021, reduced to three lines): a chip that knows after the first layer how many it "
    "will need lowers its clock so that it is done just when full depth would be, and its voltage with the clock, between {low} and "
    "{high} V; energy is layers computed times the voltage squared. Leakage, memory, switching and heads are left out."
)
ENERGY_OTHERS = (
    "Methods that foresee nothing run at full speed: their share of layers. One fixed depth and oracle exit know their layers beforehand. "
    "Random exit is left out: whether it knows is a matter of definition."
)
ENERGY_NONE = (
    "No model for {task} foresees after which layer it will stop, and without that the energy model has nothing to say: a chip that does "
    "not know when it will be done cannot slow down. Energy would be the share of layers, which the axis Layers shows."
)
ENERGY_FULL_SPEED = (
    "{name} does not foresee after which layer it will stop, so the chip runs it at full speed: its energy here is its share of layers, "
    "and no more is saved."
)
ENERGY_OUT = (
    "{name} is not drawn: it saves tokens inside a layer, or goes from one model to another, and the energy model counts whole layers of "
    "one model. The axes Compute and Milliseconds show what it saves."
)

SIZE = "Texts in the batch"
WHICH = "Which batch of the evaluation split"
ALL = "Over all {n} batches of {size} of the evaluation split ({split}): {wait} ms a text if they wait, {leave} if they leave, {said}."
LESS, NO_LESS = "{share} less", "no difference"
TOKENS = (
    "In {name} {stops}: every text stays in the batch to its end, so none can leave early. What is saved is saved inside each layer; "
    "the axis of milliseconds above shows how much of it becomes time."
)
CASCADE = "{name} goes from one model to another: layers of different cost, which this picture of equal layers cannot show."
UNREAD_NUMBERS = "The measured numbers of {name} ship, but cannot be read, so its exits over a batch are not known."
NO_NUMBERS = "No measured numbers ship for {name}, so its exits over a batch are not known."
HOW = (
    "Time runs to the right. Above, the batch goes on with all its texts until the slowest is done, as masks do; below, a finished "
    "text leaves and later layers run on fewer. Exits are those of the evaluation split at the setting in use."
)
LIMITS = (
    "Times follow from the measured line, with a text's FLOPs spread evenly over its layers. They hold for this machine, one thread, "
    "and this engine; a GPU runs wide batches almost for free, and there leaving saves less."
)
