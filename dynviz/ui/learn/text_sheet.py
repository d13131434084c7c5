"""Every string of the teacher's sheet: half an hour with a class, on one printed page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One part of the half hour. lessons: which; do: where it is none. ask, listen, wrong: what to ask, what misconception to listen
    for, and what to do where it goes wrong."""

    minutes: str
    lessons: tuple[int, ...] = ()
    do: str = ""
    ask: str = ""
    listen: str = ""
    wrong: str = ""


BACK = "Back to the lessons"
PRINT = "Print"
TITLE = "Thirty minutes with a class, a projector and phones"
BEFORE = (
    "Open the Learn page once; it asks no other server, so it works without a network too.",
    "Press “Open a class” and write its address on the board. Students need no account and give no name. It is open for {hours} hours.",
    "Keep the teacher's link: a reload of the page makes you a student.",
    "On the projector, switch on “Hide the bars until the answer”: nobody should see the others' guesses before guessing.",
)
BOARD = "Address of the class"
COLUMNS = ("Minutes", "Do", "Ask", "Listen for", "If it goes wrong")
LESSON = "Lesson {number}: {title}"
EITHER = "or"
ROWS = (
    Row("0–4", do="The test before: four of its questions", wrong="Skip it"),
    Row(
        "4–8",
        (1,),
        ask="What is not happening above the dashed line?",
        listen="“The rest runs faster.”",
        wrong="Go through the layers aloud",
    ),
    Row(
        "8–14",
        (2,),
        ask="Why does the plain model pay more for the longer sentence? Which part of the difference is depth?",
        listen="“It costs the same for both.”",
        wrong="Count the squares of the easy sentence aloud",
    ),
    Row(
        "14–19", (3,), ask="Would one sentence convince you?", listen="“Deep means important.”", wrong="Show the model that drops at random"
    ),
    Row(
        "19–24",
        (5,),
        "Let them vote on both texts",
        "Who would ship the quick rule?",
        "“It is sure, so it is right.”",
        "Stay with the first text",
    ),
    Row(
        "24–28", (7, 6), ask="What would you measure first?", listen="“Fewer steps, so as much less time.”", wrong="Use the stored numbers"
    ),
    Row("28–30", do="The test after", wrong="Give it as homework, as a link"),
)
WRONG_TITLE = "What may go wrong"
WRONG = (
    "A sentence of one's own shows no difference: good. Ask why. A model that judges feeling has no reason to find plain facts easy.",
    "Somebody finds a model that does the opposite: let them explain it.",
    "A phone shows one picture below the other: turn it.",
    "“This class is not open”: its {hours} hours are over, the server was started anew, or there are several copies of it and the phone "
    "reached another. The lessons go on without a class.",
)
HOMEWORK_TITLE = "Homework"
HOMEWORK = "Find two sentences of equal length whose costs differ most. Find a word that has two depths in one sentence."
