"""What a checkpoint says of somebody else's model that it stands on: which one exactly, and the form of its classifier. No torch here."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dynviz.records.head import LastHead

Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class StandsOn(BaseModel):
    """A model of the Hugging Face Hub (`hub`, at a `revision`), or one in a `folder`. sha256: over its config.json, weights and tokenizer
    (`standing.sha_of`). last: the form of its classifier, which answers after the last layer."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    hub: Annotated[str, Field(max_length=200, pattern=r"^[\w.-]+/[\w.-]+$")] | None = None
    revision: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")] | None = None
    folder: Annotated[str, Field(min_length=1, max_length=4096)] | None = None
    sha256: Sha
    last: LastHead

    @model_validator(mode="after")
    def _one_place(self) -> "StandsOn":
        """ValueError unless it names one place, a Hub id with its revision."""
        if (self.hub is None) == (self.folder is None) or (self.hub is None) != (self.revision is None):
            raise ValueError("a Hub id with its revision is needed, or a folder, and not both")
        return self

    @property
    def named(self) -> str:
        """What to call the model in a sentence."""
        return self.hub or str(self.folder)
