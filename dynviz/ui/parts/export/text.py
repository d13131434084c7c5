"""Every string of the exports, in one place, so that they can be translated."""

EXPORT = "Export"
FILES = "Save the picture, or its data, as"
SAVED = "Saved as {file}."
FAILED = "The picture could not be saved. Reload the page, and try again."
CAPTION = "Caption, for copying. Files are made in your browser, in the page's theme and at its width; nothing is sent anywhere."
CARD = "Save card"
CARD_ABOUT = (
    "One HTML file with this text and this model at every setting of the knob: its slider works without DynViz and without a network. "
    "Making it takes a few seconds."
)
LINK = "Copy link"
LINK_COPIED = "Copied: it opens this view in any browser."
LINK_LONG = "This text is too long for a link. Save the card instead."
LINK_FAILED = "The browser did not allow it. Copy the address bar instead."
