"""The words that all lessons share. A lesson's own stand in its file."""

TITLE = "Learn"

NO_NUMBERS = ("The numbers of {name} are not here", "its file is missing", "Restore the folder of the bundled models")

# of more than one lesson
NEVER = "The plot is never predictable."
IRONY = "Meant the other way round"
IRONIC = "Oh great, another update that deletes my settings."

INTRO = (
    "Short lessons on live models. Guess first, then look: a guess that was wrong is remembered longest. Each lesson takes, whatever model "
    "was chosen elsewhere, the deepest for which its story is true; in the lesson another can be chosen."
)
LESSON = "Lesson"
PLACE = "{i} of {n} · {minutes} minutes"
GOAL = "Afterwards {goal}."
ALL = "All lessons"
TICK = "✓"
OPEN = "Begin · {n} min"
AGAIN = "Again · {n} min"
BEFORE, AFTER = "Test before", "Test after"
TESTS = "A test of eight questions, to be answered before the lessons and after them. No score is kept."
SHEET = "For teachers: one page to print"
NOTHING_FITS = "No model here can show this lesson. It needs one that can do what the lesson is about; take another lesson."
NO_SUCH = "There is no lesson {n}. These are the lessons."

# the guess
GUESS = "That is my guess"
SHOW_ME = "Show me"
NUDGE = "Choose an answer to each question first, or press Show me."
CHOOSE = "Choose"
YOURS = "Your guess"
REPLIES = {"exact": "Right.", "near": "Close: it was **{truth}**.", "far": "It was **{truth}**. Look why."}
UNGUESSED = "It was **{truth}**."

# after the picture
CHECK = "Check what I learnt"
CHECK_TITLE = "Check"
ANSWER = "Your answer"
RIGHT = "Right."
WRONG = "Not yet."
TELL_ME = "Tell me"
NEXT = "Next lesson"
TRY = "Try sentences of my own"
OWN = "Back to the lesson's sentences"
OTHER_MODEL = "Use another model"
SHOWN_WITH = "Shown with {title}, run by this app."
MISCONCEPTION = "Often thought, and wrong"
NOT_SHOWN = "What this does not show"
WORDS = "New words"
LINK = "Copy link"
LINK_HELP = "Opens this lesson where you are, without your guess."
KNOB = "{label} (it ships at {shipped})"
