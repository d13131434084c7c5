"""Every string of the frozen card, in one place, so that they can be translated."""

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
STATES = {"c": "computed", ".": "not computed", "g": "dropped before", "f": "frozen", "s": "skipped", "x": "dropped here"}
SAME = {"y": "same as at full depth", "n": "another answer than at full depth"}
KEY = {
    "sure": "Cell: computed, dark = sure.",
    "depth": "Cell: computed, coloured by the word's depth.",
    "blank": "Blank: not computed.",
    "frozen": "Hatched: frozen, still seen but not computed.",
    "dropped": "×: dropped here.",
    "skipped": "↷: skipped, comes back.",
    "same": "● same answer as full depth, ○ another.",
}
CURVE = "Accuracy against compute of this model over {data} (n = {n}), one point per setting; ring: the setting above."
CURVE_TEXT = "Compute of this text against the knob; ring: the setting above."
AXES = ["compute, % of the full model", "accuracy"]
AXES_TEXT = ["knob", "compute of this text, % of the full model"]
CAPTION = "Slider: {knob} from {low} to {high}, {settings}, each run beforehand."
