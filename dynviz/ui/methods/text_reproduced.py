"""Every string of what others report beside ours, on the Methods page."""

HEAD = "What others report, and what was found here"
INTRO = (
    "*{title}*: each published result on this data beside our model of the same method, on the deepest base there is one on, at the "
    "setting whose cost is nearest in what they count. Compared is how far accuracy falls from a model's own full depth, never one "
    "accuracy with another: the bases differ."
)
HOW = (
    "A row is a published result. Diamond: what accuracy loses there against the same base without the method. Dot: what ours loses at the "
    "setting nearest in cost (of the layers, where they count layers; else of the FLOPs), chosen by its cost alone. Where they pad all "
    "texts, their saving is first counted without the padding. An exit alone is held against ours after the same share of the layers. The "
    "intervals of all rows hold at once; where not one answer changed they are 3 / n either way. Where a table quotes several methods, "
    "full depth is its own row of the base, not each method's own model. No interval is printed: a loss takes at least as many changed "
    "answers as it is long, and this least uncertainty is counted in; the true one is larger."
)
LIMITS = (
    "Why two losses differ: what parts the settings is listed, and any of it may be the reason. The luck of training, there and here."
)
COLUMNS = {
    "method": "Method", "there": "There", "lost there": "Won or lost there", "ours": "Here: full depth, at its setting",
    "lost here": "Won or lost here", "verdict": "So", "parts": "What parts the two",
}  # fmt: skip
THERE = "{published}  \n{setting}  \n:gray[{source}]"
CHECKPOINT = "{method}  \n`{checkpoint}`"
NOTE = (
    "Won (+) or lost (-): points against own full depth, ours with 95 % intervals for all rows at once. So: whether the two can be told "
    "apart, at the least uncertainty that what is printed can have. What parts the two is said once for rows of one model that it is "
    "true of alike."
)
SETTINGS = (
    "Knobs: for each result those of the setting nearest to it in cost. Intervals: paired bootstrap over texts, 95 % for all rows at "
    "once (max-t)."
)
