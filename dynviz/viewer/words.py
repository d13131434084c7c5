"""What the viewer says of a cell."""

PAGE = {
    "detail": "Arrow keys go from cell to cell, a tap points at one.",
    "states": {
        "done": "computed",
        "frozen": "frozen: seen by others, not computed",
        "skipped": "skipped: it comes back later",
        "dropped": "dropped here",
        "merged": "merged into another token here",
        "gone": "gone before",
        "after": "not computed: the answer was given",
    },
    "key": "Colour: how many layers a token went through. \u00d7: dropped here; \u2192: merged into another; \u21b7: skipped; hatched: "
    "frozen; empty: gone, or after the answer. Beside a layer: what it would have answered.",
}
