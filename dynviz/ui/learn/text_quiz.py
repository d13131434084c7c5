"""The test before and after the lessons: eight questions, the right answer first, and what each wrong one tells."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """An answer. tells: what is said after it: why it is right, or which idea stands behind it."""

    words: str
    tells: str


@dataclass(frozen=True)
class Question:
    """A question. label: what it is about, for a class. lesson: the number of the one that shows it. options: the right one first."""

    label: str
    ask: str
    lesson: int
    options: tuple[Option, Option, Option, Option]


TITLES = {"before": "Before the lessons", "after": "After the lessons"}
INTRO = {
    "before": "Eight questions. Answer as you think now: you will meet all of them in the lessons. No score is kept.",
    "after": "The same eight questions. No score is kept: what counts is what surprises you.",
}
ANSWER = "Answer to question {n}"
RIGHT, WRONG = "Right.", "Not so."
SHOWS = "Lesson {n} shows it"
DONE = {
    "before": "All eight are answered. Go on with the lessons, and come back to the same questions afterwards.",
    "after": "All eight are answered. Where an answer surprised you, open its lesson once more.",
}
AGAIN = "Begin anew"

QUESTIONS = (
    Question(
        "Cost of a longer text",
        "A plain model with six layers reads a text of 5 words, then one of 20 words. **The second costs …**",
        2,
        (
            Option(
                "about 3 to 4 times as much",
                "Every word goes through every layer, so the cost grows with the text. A start and an end mark are read with both.",
            ),
            Option("the same, as the layers are the same", "That counts layers only. Each layer works on every word."),
            Option(
                "less for each word, as 20 are read at once",
                "Reading many at once may save time on a machine. It saves no steps: each word still needs its own.",
            ),
            Option(
                "more or less, as the text is hard or easy",
                "That is an adaptive model. A plain one never looks at difficulty: it always does everything.",
            ),
        ),
    ),
    Question(
        "What happens after an exit",
        "A model with six layers gives its answer after layer 2. **Layers 3 to 6 …**",
        1,
        (
            Option("are not computed", "The work above the exit is never done. That is all that is saved."),
            Option("run faster", "Nothing runs faster. The steps of these layers are left out."),
            Option("run on fewer words", "That is dropping words, another way to save. After an exit no word goes on."),
            Option("run later, to check the answer", "Nobody checks. An early answer is a bet that later layers would say the same."),
        ),
    ),
    Question(
        "What depth shows",
        "In one sentence *the* stopped after 1 layer and *hard* after 6. **This shows that …**",
        3,
        (
            Option("the model was unsure of “hard” for longer", "Unsure of its own task at this word, in this sentence."),
            Option("“hard” is more important", "Depth says how long the model was unsure. It does not say what matters in the sentence."),
            Option("“hard” is a rarer word", "Rare words can be easy for the task. One word can have two depths in the same sentence."),
            Option("“the” was deleted", "It only stopped: the other words still see it. Models that drop words delete."),
        ),
    ),
    Question(
        "Skipping sentences",
        "A model skips the unimportant sentences of an article. **It is …**",
        4,
        (
            Option("length-adaptive", "Less text goes through. The layers stay."),
            Option("depth-adaptive", "Not all saving is depth: here the text gets shorter, and all layers stay."),
            Option("a cascade", "A cascade is two models, a small one and a big one. Here it is one model."),
            Option("a smaller model", "A smaller model is small for every text. This one decides anew for each article."),
        ),
    ),
    Question(
        "What being sure means",
        "After layer 1 a model is 98 % sure of its answer. **That means that …**",
        5,
        (
            Option("it is above a limit of 95 %, right or wrong", "A rule that stops above 95 % stops here. It cannot know more."),
            Option("it is right 98 times in 100", "Only if it is well calibrated. Many models are surer than they should be."),
            Option("the later layers agree", "They may change their mind. Nobody has asked them."),
            Option("the text is easy", "It may be a trap: the model is sure, and wrong."),
        ),
    ),
    Question(
        "Steps and time",
        "A model does 75 % of the steps. **Its time for one sentence …**",
        7,
        (
            Option("must be measured", "Steps say how much is computed. How long it takes depends on the machine, too."),
            Option("is 75 %, too", "Steps are not time. Deciding, and picking out what goes on, takes time and counts no steps."),
            Option("is less than 75 %, as overhead falls, too", "An adaptive model adds work of its own: it may well be more than 75 %."),
            Option("stays the same", "It may stay, and it may fall with the steps. Nobody knows before it is measured."),
        ),
    ),
    Question(
        "A fair rival",
        "You may spend 40 % of the plain model's compute. **The fair rival of an adaptive model is …**",
        6,
        (
            Option("a plain model cut to about 40 %", "It has the same budget, and it is simpler. An adaptive model must beat it."),
            Option("the plain model itself", "It may spend more than twice as much. This compares accuracy only."),
            Option("the slowest model", "Beside a slow rival any model looks good."),
            Option("random guessing", "Too weak: nearly every model beats it."),
        ),
    ),
    Question(
        "The hardest text",
        "A model is asked for an answer after every layer, and may stop. The text that is hardest for it goes "
        "through all layers. **This costs …**",
        2,
        (
            Option("up to a few % more than the plain model", "It goes through all layers, and was asked for an answer on the way."),
            Option("never more than the plain model", "Asking for an early answer is not free, and here nothing is saved."),
            Option("half, as on average", "An average is over many texts. On its hardest one a model saves nothing."),
            Option("the same as an easy text", "That would be a fixed budget. Here each text takes what it takes."),
        ),
    ),
)
