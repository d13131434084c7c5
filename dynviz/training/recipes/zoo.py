"""The depth zoo: every early-exit and halting method on the same encoder and the same data, and further seeds of three of them.

Everything here stands on a model of the main recipe. A method whose encoder is tuned with its exits starts from the jointly trained
one (two epochs) and goes on by its own loss for half an epoch, by low-rank updates; a method that leaves the encoder alone, or tunes
it in another way, starts from the plain one (two epochs). PABEE is also tuned whole from the pre-trained model, for what that costs.
"""

from dataclasses import replace

from dynviz.core.method import Phase
from dynviz.training.recipes.job import LINEAR, MEAN, ByHand, TrainingJob, of_family
from dynviz.training.recipes.main import MAIN

SEEDS = (1, 2)
AS_TRAINED = ByHand({}, "1 - epsilon of the paper, the sum it was trained to halt at")
_TANH = ("heads.*.hidden.*",)  # the layer before each classifier stays the start's: a third of a megabyte each
_MAIN = {job.name: job for job in MAIN}


def on_joint(method: str, title: str, frozen: tuple[str, ...] = (), **options: float) -> TrainingJob:
    """A method of sentence exits, trained on from the jointly trained model."""
    name = f"sst2-{method.replace('_', '-')}"
    return TrainingJob(name, title, method, "sst2", encoder="sst2-joint", own=False, rank=8, options={**MEAN, **options}, frozen=frozen)


def seeds(job: TrainingJob) -> tuple[TrainingJob, ...]:
    """The job again with other seeds, standing on the same seed's encoder; shipped as readings, to tell what is noise."""
    return tuple(
        replace(
            job, name=f"{job.name}-seed{s}", title=f"{job.title}, seed {s}", seed=s, readings_only=True, repeats=job.name,
            encoder=job.encoder if job.encoder == "base" else f"{job.encoder}-seed{s}",
        )
        for s in SEEDS
    )  # fmt: skip


def _calm(measure: str) -> TrainingJob:
    """On TOKEE's tagger as it stands; only the classifier of consistency has to be trained."""
    return TrainingJob(
        f"pos-calm-{measure}",
        f"CALM, {measure}",
        "calm",
        "pos",
        encoder="pos-tokee",
        own=False,
        options={**LINEAR, "measure": measure},
        phases=(Phase("consistency", "heads", epochs=0.5, head_lr=5e-3),) if measure == "classifier" else (),
    )


_PABEE = on_joint("pabee", "PABEE")


def _on_pabee(name: str, title: str, method: str, **options: str) -> TrainingJob:
    """Another rule on PABEE's classifiers as they stand."""
    return TrainingJob(name, title, method, "sst2", encoder=_PABEE.name, own=False, options={**MEAN, **options}, phases=())


ZOO: tuple[TrainingJob, ...] = (
    *seeds(_MAIN["sst2-plain"]),
    *seeds(_MAIN["sst2-joint"]),
    *seeds(_MAIN["sst2-deebert"]),
    _PABEE,
    *seeds(_PABEE),
    replace(
        _PABEE, name="sst2-pabee-whole", title="PABEE, whole encoder tuned", encoder="base", own=True, readings_only=True,
        phases=(Phase("joint", "all", epochs=2, head_lr=1e-3),),
    ),
    on_joint("right_tool", "The Right Tool"),
    TrainingJob("sst2-fastbert", "FastBERT", "fastbert", "sst2", encoder="sst2-plain", own=False, options=dict(MEAN)),
    replace(on_joint("romebert", "RomeBERT"), in_blocks=True),
    on_joint("berxit", "BERxiT"),
    replace(on_joint("palbert", "PALBERT"), in_blocks=True),
    replace(on_joint("past_future", "Past-Future"), in_blocks=True),
    on_joint("de3bert", "DE3-BERT", frozen=_TANH),
    on_joint("consistentee", "ConsistentEE", frozen=_TANH, alpha=0.05),
    TrainingJob("sst2-elbert", "ELBERT", "elbert", "sst2", shared=True, options=dict(MEAN), in_blocks=True),
    TrainingJob(
        "sst2-edgebert", "EdgeBERT", "edgebert", "sst2", encoder="sst2-deebert", own=False, options=dict(MEAN), phases=(),
        frozen=("heads.*",),
    ),
    TrainingJob(
        "sst2-berxit-entropy", "BERxiT, entropy rule", "entropy_exit", "sst2", encoder="sst2-berxit", own=False, options=dict(MEAN),
        phases=(),
    ),
    _on_pabee("sst2-pcee-bert", "PCEE-BERT", "pcee_bert"),
    _on_pabee("sst2-f-pabee", "F-PABEE", "f_pabee"),
    _on_pabee("sst2-f-pabee-sure", "F-PABEE, alike and sure", "f_pabee", distance="sure"),
    *(_calm(measure) for measure in ("softmax", "state", "classifier")),
    TrainingJob("pos-sentee", "SENTEE", "sentee", "pos", encoder="pos-tokee", own=False, rank=8, options=dict(LINEAR)),
    *(of_family("act", "ACT", "tau", "tau", tau, "sst2-plain", AS_TRAINED) for tau in (0.005, 0.02, 0.08)),
)  # fmt: skip
