"""Cases over worker processes: what becomes of each, also of one that takes its worker down with it."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.fuzz import bar
from tests.fuzz.kind import Outcome

Case = tuple[str, int]  # a kind and a seed
ROOT = Path(__file__).parents[2]
QUIET = {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "PYTHONWARNINGS": "ignore"}
ENDED = {
    -signal.SIGPROF: f"ended after {bar.KILLED:.0f} s of processor",
    -signal.SIGALRM: f"ended after {bar.WAITED:.0f} s by the clock: it waits for something",
}


class Watched:
    """A worker process, and the next one when it went."""

    def __init__(self, stock: Path) -> None:
        self.command = [sys.executable, "-m", "tests.fuzz.worker", str(stock)]
        self.process: subprocess.Popen[str] | None = None

    def ask(self, case: Case) -> Outcome:
        """What becomes of a case. A worker that has grown goes after its answer, unasked: that is no failure of the next case."""
        fresh = self.process is None
        answer = self._answer(case)
        if answer:
            return Outcome(**json.loads(answer))
        status = self.close()
        if status == 0 and not fresh:
            return self.ask(case)
        return Outcome(*case, "failed", ENDED.get(status, f"the process ended with status {status}"))

    def _answer(self, case: Case) -> str:
        """Its line on a case; "" where it is gone."""
        if self.process is None:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=ROOT, env=os.environ | QUIET
            )
        assert self.process.stdin
        assert self.process.stdout
        try:
            print(*case, file=self.process.stdin, flush=True)
        except BrokenPipeError:
            return ""
        return self.process.stdout.readline()

    def close(self) -> int:
        """End it; the status it ended with."""
        if self.process is None:
            return 0
        assert self.process.stdout
        try:
            assert self.process.stdin
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        status = self.process.wait()
        self.process.stdout.close()
        self.process = None
        return status


def watched(cases: Iterable[Case], stock: Path, jobs: int = 1) -> Iterator[Outcome]:
    """What becomes of every case, as it is known; so many at a time."""
    todo, lock = iter(cases), threading.Lock()

    def work(found: list[Outcome]) -> list[Outcome]:
        worker = Watched(stock)
        while True:
            with lock:
                case = next(todo, None)
            if case is None:
                worker.close()
                return found
            found.append(worker.ask(case))

    with ThreadPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(work, []) for _ in range(jobs)]):
            yield from done.result()
