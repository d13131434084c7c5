"""Every string of the exports, in one place, so that they can be translated."""

EXPORT = "Export"
FILES = "Save the picture, or its data, as"
SAVED = "Saved as {file}."
FAILED = "The picture could not be saved. Reload the page, and try again."
CAPTION = "Caption, for copying. Files are made in your browser, in the page's theme and at its width; nothing is sent anywhere."
CARD = "Frozen card"
CARD_ABOUT = (
    "One HTML file with this text and this model at every setting of the knob: its slider works without DynViz and without a network."
)
CARD_SAVE = "Save card.html, {size} KB"
