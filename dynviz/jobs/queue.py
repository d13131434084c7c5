"""Whose turn is next: visitors take turns, and each visitor's own jobs take turns among themselves."""

from collections.abc import Iterable

from dynviz.jobs.job import Job


class Turns:
    """When each visitor and each job was served last."""

    def __init__(self) -> None:
        self.count = 0
        self.jobs: dict[str, int] = {}
        self.owners: dict[str, int] = {}

    def join(self, job: Job) -> None:
        """At the end of its visitor's jobs; a visitor who comes anew is behind all who are there."""
        self.count += 1
        self.jobs[job.id] = self.count
        self.owners.setdefault(job.owner, self.count)

    def served(self, job: Job) -> None:
        """It had a part."""
        self.count += 1
        self.jobs[job.id] = self.owners[job.owner] = self.count

    def order(self, jobs: Iterable[Job]) -> list[Job]:
        """These jobs, next first: one of each visitor, then the second of each, ..."""
        rounds: dict[str, int] = {}
        ranked = []
        for job in sorted(jobs, key=lambda j: self.jobs[j.id]):
            rounds[job.owner] = rounds.get(job.owner, 0) + 1
            ranked.append((rounds[job.owner], self.owners[job.owner], self.jobs[job.id], job))
        return [job for *_, job in sorted(ranked, key=lambda r: r[:3])]

    def leave(self, still: Iterable[Job]) -> None:
        """Forget all but these."""
        kept = list(still)
        self.jobs = {job.id: self.jobs[job.id] for job in kept}
        self.owners = {job.owner: self.owners[job.owner] for job in kept}
