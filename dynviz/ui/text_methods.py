"""Every string of the Methods page, in one place, so that they can be translated."""

TITLE = "Methods"
INTRO = (
    "Every word below comes from the method's own file, every number from the checkpoint's own config. A new method that is dropped into "
    "`dynviz/methods` appears here by itself."
)
METHOD = "Method"
ALL = "All methods at a glance"
COLUMNS = {
    "method": "Method",
    "does": "What it does",
    "stops": "What stops",
    "venue": "Published",
    "knobs": "Knobs",
    "models": "Checkpoints",
}
WITHOUT = "Registered, but no checkpoint ships yet"

VENUE = "{venue}"
STOPS = "What stops: {what}"
ONE_RUN = "One run serves every setting"
ONE_RUN_HELP = "Stopping cannot change what was read before, so every knob setting is replayed from one run at full depth."
EACH_RUN = "Runs again for each setting"
EACH_RUN_HELP = "What stops changes what the others see, so every knob setting is a run of its own."
INFERRED = "inferred"
INFERRED_NOTE = "**inferred**: the paper leaves it open or gives no code; decided here, by measuring where it matters."
ABOUT = "In its own words"

KNOBS = "Knobs"
NO_KNOBS = "No knob: it always computes everything."
KNOB_COLUMNS = {
    "knob": "Knob",
    "label": "What it sets",
    "range": "Range",
    "default": "Default",
    "off": "Off at",
    "stops": "Stops more",
    "help": "Note",
}
DIRECTIONS = {"up": "when larger", "down": "when smaller"}
FAMILY = "Set in training: {parameter}. One checkpoint each: {values}."
READINGS = "What it reads"
READING_COLUMNS = {"reading": "Reading", "unit": "One per", "label": "Meaning", "compared": "The rule compares it"}
UNITS = {"sentence": "sentence", "token": "token", "answer": "answer"}

PICTURE = "On one example"
EXAMPLE = "Example"
CHECKPOINT = "Checkpoint"
NO_PICTURE = "No stored example ships with this checkpoint. Open it on the Sentence page and type one."
GATES = "The learned gates are the same for every sentence: what differs is which token has which rank, and how many there are."
GATES_ALL = "Layer 1 takes every token."
SCORES = "Scores of each token against the layer's threshold, at the setting of the stored example."
RULE = "**What the rule compares on this sentence**, layer by layer, and the limit at which it stops."
HALTING = "How much weight is left for later layers, and the two bounds: once they meet, no later layer can change the answer."

TRAINED = "Checkpoints"
FACT = "Fact"
TRAINED_COLUMNS = {
    "name": "Checkpoint", "task": "Task", "version": "Version", "size": "Size", "encoder": "Encoder", "data": "Trained on", "rows": "Rows",
    "stages": "Stages", "time": "Time", "seed": "Seed", "versions": "With", "when": "Made",
}  # fmt: skip
METRICS = "Measured"
METRIC_COLUMNS = {
    "name": "Checkpoint", "split": "Split", "n": "Examples", "full": "At full depth", "knobs": "At its own setting", "share": "Compute",
    "accuracy": "Accuracy", "difference": "Difference", "low": "From", "high": "To",
}  # fmt: skip
METRIC_NOTE = (
    "The setting was chosen on the calibration split alone; the report split was only measured. From, to: 95 % paired bootstrap of the "
    "difference to full depth."
)
PURPOSES = {"calibration": "calibration ({split})", "report": "report ({split})"}
READINGS_ONLY = "numbers only"
OWN, SHARED, LORA = "its own", "that of {name}", "that of {name}, low-rank updates of rank {rank}"
VERSION_NOTE = (
    "Version: the first 12 hex digits of SHA-256 over config and weights. Size: the checkpoint's own files; embeddings and shared encoders "
    "lie elsewhere, once."
)
NO_METRICS = "Nothing was measured yet."
OPEN_SENTENCE = "See it on a sentence"
OPEN_TRADEOFF = "See its curve"
