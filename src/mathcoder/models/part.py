"""What a recipe says of a model that is asked: who it is, how often, and what it may cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from mathcoder.models.base import Model
from mathcoder.models.find import open_model
from mathcoder.runs.recipe import RecipePart

__all__ = ["ModelPart"]

Positive = Annotated[int, Field(gt=0)]


class ModelPart(RecipePart):
    """A model that is asked.

    Attributes:
        name: as `mathcoder models` lists them: NAME@URL, openai:NAME, embedded, recorded:FOLDER.
        temperature: of the sampler; 0 is greedy.
        seed: of the sampler.
        concurrency: requests at a time.
        max_tokens: most tokens in all; the run then stops, and goes on when this is raised.
        max_cost: most money in all, likewise.
        price: of a million tokens of prompts, and of replies.
        key_env: the environment variable that holds the server's key.
    """

    name: str
    temperature: Annotated[float, Field(ge=0)] = 0.0
    seed: int = 0
    concurrency: Positive = 16
    max_tokens: Positive | None = None
    max_cost: Annotated[float, Field(gt=0)] | None = None
    price: tuple[float, float] | None = None
    key_env: str = "OPENAI_API_KEY"

    @model_validator(mode="after")
    def _right(self) -> ModelPart:
        if self.max_cost is not None and self.price is None:
            raise ValueError("max_cost needs the price of the model's tokens")
        return self

    @property
    def called(self) -> str:
        """The model's name without the address of its server."""
        return self.name.partition("@")[0]

    def open(self, replies: Path | None = None) -> Model:
        """The model; with a folder, its replies are kept there.

        Raises:
            ModelError: the name means no model, or it cannot be had.
        """
        return open_model(
            self.name,
            cache=replies,
            max_tokens=self.max_tokens,
            max_cost=self.max_cost,
            price=self.price,
            key_env=self.key_env,
            in_flight=self.concurrency,
        )

    def asked(self) -> dict[str, object]:
        """What its replies depend on: not how fast they come, nor what they may cost."""
        return self.model_dump(mode="json", exclude={"concurrency", "max_tokens", "max_cost", "price", "key_env"})
