"""The form of a model's last classifier, as it is stored: replaying stored numbers counts its cost without the model."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class LastHead(BaseModel):
    """As `core.heads.HeadForm`: whether it has a hidden layer, the activation after that, and the epsilon of a norm after that."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
    hidden: bool = False
    activation: Literal["tanh", "relu", "gelu"] = "tanh"
    norm: Annotated[float, Field(gt=0, lt=1)] | None = None
