"""Asks a language model. A `Model` streams `Chunk`s for a `Request`; it knows nothing about solutions.

`open_model` gives the model that a string names. `EmbeddedModel` runs a GGUF model in this process,
`ServerModel` asks an OpenAI-compatible server, `CachedModel` keeps replies on disk, `RecordedModel` replays
replies. Importing this package loads no runtime: xllamacpp, gguf, huggingface_hub and openai are imported when
they are first needed.
"""

from mathcoder.models.base import (
    Chunk,
    FinishReason,
    Model,
    ModelError,
    Request,
    Sampling,
    StopStrings,
    TokenLogprob,
)
from mathcoder.models.budget import Budget, BudgetedModel, BudgetExceeded, Price, Usage
from mathcoder.models.embedded import EmbeddedModel
from mathcoder.models.find import Available, available_models, open_model
from mathcoder.models.recorded import RecordedModel
from mathcoder.models.reply_cache import CachedModel
from mathcoder.models.server import ServerModel, ServerOptions

__all__ = [
    "Available",
    "Budget",
    "BudgetExceeded",
    "BudgetedModel",
    "CachedModel",
    "Chunk",
    "EmbeddedModel",
    "FinishReason",
    "Model",
    "ModelError",
    "Price",
    "RecordedModel",
    "Request",
    "Sampling",
    "ServerModel",
    "ServerOptions",
    "StopStrings",
    "TokenLogprob",
    "Usage",
    "available_models",
    "open_model",
]
