"""What the panel of three readings says: when each word of a text settles."""

ABOUT = "Several questions to the same layers, and different stories. None is a word's real depth: depth belongs to a question."
BAR = "How near to its last state counts as settled"
BAR_HELP = (
    "Cosine of the angle between a word's state after a layer and its state after the last one; 1: the same direction. A word has settled "
    "at the first layer from which on it stays at least so near. Of a word of several pieces the first one is read."
)
BARS = "At a bar of {bar:.2f} the words settle between layers {low} and {high}, {mean:.1f} on average{others}."
BARS_ALL = "At a bar of {bar:.2f} the words all settle after layer {low}{others}."
BAR_OTHER = "; at {bar:.2f} between {low} and {high}"
BAR_OTHER_ALL = "; at {bar:.2f} all after {low}"

STATE, STATE_SUBJECT = "State stays", "The state stays near its last one"
STATE_TOLD = "cosine to the last layer: {read}"
GUESS, GUESS_SUBJECT = "Guessable", "Hidden, the word can be read back"
GUESS_TOLD = "probability of the hidden word: {read}"
GUESS_NOT = "not asked"
TAG, TAG_SUBJECT = "Tag is sure", "The tagger has its tag"
TAG_TOLD = "{tag}, after layer {at} of {layers}"
AT = "{layer}: {value:.2f}"
NEVER = "never"

HIDE = "Hide each word, and read it back"
HIDE_HELP = "Every word is a run of its own, through all layers, with that word hidden."
HIDE_MOST = (
    "{asked} of {all} words were hidden: at most {words} at once, in the first {pieces} pieces of a text, as each is a run of its own."
)
NO_HEADS = (
    "How guessable a word is cannot be asked here: that takes small heads beside the pre-trained model, and the one under this model ships "
    "without them."
)
NO_TAGGER = "No tagger that lets each word stop is there for this pre-trained model."
OTHER_WORDS = "The tagger cuts this text into other words, and is left out."

STATE_HOW = (
    "State stays: {title}, nothing stopped: the first layer from which on a word's state stays at a cosine of {bar:.2f} or more."
)
GUESS_HOW = (
    "Guessable: Each word hidden in turn, and read back from the state of its mask by small heads on every second layer of the "
    "pre-trained model: the first layer at which it has at least half of the probability. The model has no language-model head of its own, "
    "so this tells how guessable a word is, not what the model would say. How many pieces a word has can be seen through the mask. Of "
    "{words} words of books the heads had not seen, {common} of the {n} commonest pieces and {others} of all others got there at the best "
    "layer."
)
STATE_OF_BASE = "The pre-trained model itself, before it was trained for a task"
TAG_HOW = "Tag is sure: {title}, as it ships: {knobs}. The layer after which the word stopped; {layers} also where it never was sure."
LIMITS = (
    "Which reading is right: none is. They hang on their bars, and on what is asked. None tells what a layer adds to a word, nor how much "
    "the word matters for the answer."
)

MANY_COMMAND = "python -m dynviz masked --readings --data DATA"
MANY_HOW = (
    "Each row is a word class, as people tagged it; each panel one of the three questions, asked of all words of texts drawn from the "
    "evaluation split, which nothing was trained on. State stays: at a cosine of {bar:g} or more. Guessable: read back with at least "
    "{half} of the probability; a word that never was counts as layer {layers}. Tag is sure: {title}, as it ships: {knobs}; layer {layers} "
    "also where it never was sure. How frequent a word is: how often it stands in the training split.\n\n"
    "Measured by {command}."
)
MANY_LIMITS = (
    "Why: word class, frequency, length and place in the sentence go together, and none of them is held still here. Classes of fewer than "
    "twenty words are left out of the picture, not of the sums. The intervals allow for the choice of texts, each for itself, not for "
    "another base, other heads or another tagger."
)
