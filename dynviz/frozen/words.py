"""Every string of the frozen card, in one place, so that they can be translated."""

from dynviz.figures.tradeoff import UNITS

PAGE = {
    "grid": "Layers, nearest the input at the bottom, and words",
    "depth": "depth",
    "glyphs": "as full depth?",
    "back": "Back to the start",
    "yes": "Yes",
    "no": "No",
}
METRICS = {
    "sentence": [["Layers used", "used"], ["Compute", "share"], ["Answer", "answer"], ["Same as full depth", "agrees"]],
    "tokens": [["Mean depth of all tokens", "used"], ["Compute", "share"], ["Answer", "answer"], ["Same as full depth", "agrees"]],
    "token": [["Mean depth of the words", "used"], ["Compute", "share"], ["Tags as at full depth", "answer"]],
}
STOPS = {"up": "Right: stops more.", "down": "Left: stops more."}
STATES = {
    "c": "computed", ".": "not computed", "g": "gone before", "f": "frozen", "s": "skipped", "x": "dropped here",
    "l": "merged into a word on its left", "r": "merged into a word on its right",
}  # fmt: skip
SAME = {"y": "same as at full depth", "n": "another answer than at full depth"}
CURVE = "Accuracy against compute of this model over {data} (n = {n}), one point per setting; ring: the setting above."
CURVE_TEXT = "Compute of this text against the knob; ring: the setting above."
AXES = UNITS["share"][0]
AXES_TEXT = ["knob", "compute of this text, % of the plain model"]
CAPTION = "Slider: {knob} from {low} to {high}, {settings}, each run beforehand."
