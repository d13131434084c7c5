"""Every string of the shell and the Sentence page, in one place, so that they can be translated."""

PAGES = {"sentence": "Sentence", "tradeoff": "Trade-off", "methods": "Methods"}
MODEL = "Model"
MODEL_HELP = "A checkpoint: a method, trained on a task."
FULL = "Full depth"
FULL_HELP = "Switch the method off: every layer computes every token."
RESET = "Reset"
RESET_HELP = "Back to the settings the checkpoint ships with."
FAMILY_HELP = "Set in training: each step is a checkpoint of its own."
STOPS_MORE = {"up": "Right: stops more.", "down": "Left: stops more."}
NO_CHECKPOINTS = "No checkpoint is installed. Put checkpoint folders into sample_checkpoints/, or start with: streamlit run app.py -- --model FOLDER"
TRAINED_ON = "Trained on {what}. Other texts are read too, but its answers there are not to be trusted."
BROKEN = "Left out: {problem}"
FAILED = "Something went wrong that is not your fault. It has been written to the log of the server; everything else keeps working."
