"""Every string of the first screen, in one place, so that they can be translated."""

ABOUT = "DynViz shows where a language model spends its compute, when it may stop early instead of always running all its layers."

# the title: what the two texts cost
FAR = "{name}: {cheap} of full compute for one {noun}, {dear} for another of {length}"
SAME_LENGTH, NEARLY = "the same length", "nearly the same length"
NEAR = "{name} spends somewhat more on one {noun} than on the other: {cheap} and {dear} of full compute"
SAME = "{name} spends the same on both {noun}s: {dear} of full compute"
ABOUT_SAME = "{name} spends nearly the same on both {noun}s: {cheap} and {dear} of full compute"

# why both cost the same
NO_KNOB = "It has no way to stop."
NOTHING = "Nothing was stopped or dropped in either."
SAME_EXIT = "It stopped after the same layer in both."
SAME_SHARE = "It dropped about the same share of both texts."
SAME_MERGED = "It merged about the same share of both texts."
SKIPPED = "Words passed by layers in both; how many do depends little on the text."
LITTLE = "It dropped words in both; the text mattered little."
ALIKE = "Words stopped early in both, about equally deep."

# more than the plain model
OVER = "More than 100 %: what is asked after each layer costs too, and saved nothing here."
OVER_STAGES = "More than 100 %: the small model was not sure, and the big one started again from the beginning."

COUNTED = (
    "In {dearer} of {of} comparisons of two equally long {noun}s the one meant as hard cost more, in {cheaper} less (of the bundled "
    "{noun}s of 5 to 12 words, those that it answers right, and at full depth too)."
)
COUNTED_THERE = "At the settings this model ships with: {said}"

# the two pictures
LABELS = {True: ("Cheaper", "Dearer"), False: ("One {noun}", "The other")}
FINDING = "{text} {which}: {cost}. {went}"

# how to read them
CELL = "A cell is a word in a layer: filled, it was computed; blank, it was not, and cost nothing."
LAYER = "A layer is one round of work over the whole text; there are {layers}, the first at the bottom."
NAME = "{name} is the method. {caption}"
MARKS = (
    "{marks} mark the beginning and the end of the text. They are computed too, here up to layer {deep}: so the share of compute is larger "
    "than the depth of the words suggests."
)
STORED = "Stored results of {name}; no model has run yet. Type a {noun} above to run your own."
RUN = "{name} at the settings on the left. Type a {noun} above to run your own."
OPEN_THIS = "Look closer"
