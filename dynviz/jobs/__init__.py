"""Runs over a visitor's own rows: in the background, in parts, on disk as numbers, so that nothing is lost when one is cancelled.

`Registry` holds the jobs of a server; `gather` reads what one has so far; `at` gives every answer, exit and cost at a knob setting, by
replay where the method permits, without the model. No torch is imported here before a job runs.

Bounds: a visitor keeps at most 12 jobs (the longest unseen of his own goes first), a server 600 and 4 GB, and each until a day after it was
last looked at; a full server takes no new one, and deletes none for it. All that are at work take turns on one thread. A job holds at most
50,000 rows and 25 million characters. While it runs it holds one part in memory (512 rows, or 10 seconds of work); texts stay on disk.

What outlives a server: in the operator's folder ($DYNVIZ_JOBS) all of it, and a run that its end interrupted goes on at the next visit; in
the temporary folder nothing: a server that stops deletes it, and one that was killed has it deleted by the next that starts.

Measured with the joint sentiment model, 50,000 sentences of 13 pieces on average, one thread of a busy machine: 204 seconds of processor
time (245 rows a second); 200 MB more than the idle process while it ran, 250 MB with all its numbers gathered and replayed at a setting,
300 MB during the bootstrap; 0.15 to 0.4 seconds for a knob tick's replay; 3.3 MB on disk.
"""

from dynviz.jobs.fit import Fit, Fitting, Wish
from dynviz.jobs.fits import Fits
from dynviz.jobs.job import Job, State, Status
from dynviz.jobs.outcome import Gathered, Outcome, at, gather
from dynviz.jobs.runner import Registry
from dynviz.jobs.store import About, Store

__all__ = ["About", "Fit", "Fits", "Fitting", "Gathered", "Job", "Outcome", "Registry", "State", "Status", "Store", "Wish", "at", "gather"]
