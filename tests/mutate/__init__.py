"""Small wrong changes to the code, each of which some test has to notice: `python -m tests.mutate`.

Tools that make such changes by themselves (mutmut, cosmic-ray) make thousands of them, most of no interest, and take no list of one's
own; what matters here is a page of changes that somebody could really make, and has made. Add one to losses, rules or findings when a
mistake was found, or is feared.
"""

from tests.mutate.bases import BASES
from tests.mutate.findings import FINDINGS
from tests.mutate.hidden import HIDDEN
from tests.mutate.losses import LOSSES, TRAINING
from tests.mutate.meanings import MEANINGS
from tests.mutate.plans import PLANS
from tests.mutate.reports import REPORTS
from tests.mutate.rules import COUNTS, DECISIONS, STATISTICS
from tests.mutate.tokens import TOKENS

CHANGES = (*LOSSES, *TRAINING, *DECISIONS, *COUNTS, *STATISTICS, *FINDINGS, *MEANINGS, *TOKENS, *PLANS, *BASES, *HIDDEN, *REPORTS)
