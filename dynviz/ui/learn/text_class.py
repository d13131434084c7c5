"""Every string of a class that guesses together."""

# opening one
OPEN = "Open a class"
OPEN_HELP = "Students open a link on their phones; you see their guesses as they come. No accounts, no names."
NO_FREE = ("No free class now", "the next ends in {time}", "Try again then; the lessons go on without a class")
ONE_EACH = ("You have opened a class already", "this public demo gives each visitor one", "Use that class, or install DynViz")

# the bar of the teacher
TEACHING = "Class {name}. Students open:"
OPEN_FOR = "open for another {time}"
KEY = "Teacher's link"
KEY_HELP = "A reload makes you a student of your own class: this link makes you its teacher again. Keep it off the projector."
HIDE = "Hide the bars until the answer"
HIDE_HELP = "For a projector: nobody should see the others' guesses before guessing."
CSV = "CSV of counts"
SAVE = ":material/download:"
CLOSE = "Close class"
CLOSE_HELP = "All guesses are forgotten at once."
COLUMNS = ("question", "stop", "label", "guesses")

# the bar of a student
TAKING_PART = "Class {name}"
PRIVACY = "Your guess is kept in the server's memory for at most {hours} hours, without name, address or text. It is not written to disk."
LEAVE = "Leave"
UNKNOWN = "This class is not open on this server. It may be over, or you reached another copy. The lessons go on without it."
NO_KEY = "That teacher's link does not fit this class: you take part as a student."

# guesses
WAITING = "{n}. The bars come with the answer."
AGAIN = "Clear these guesses"
AGAIN_HELP = "Everybody may guess this question once more."
NO_SEAT = "This class is full: your guess was not counted."
