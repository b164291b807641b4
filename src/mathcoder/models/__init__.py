"""Asks a language model. A `Model` streams `Chunk`s for a `Request`; it knows nothing about solutions.

`EmbeddedModel` runs a GGUF model in this process, `RecordedModel` replays replies. Importing this package
loads no runtime: xllamacpp, gguf and huggingface_hub are imported when they are first needed.
"""

from mathcoder.models.base import Chunk, FinishReason, Model, ModelError, Request, Sampling, StopStrings
from mathcoder.models.embedded import EmbeddedModel
from mathcoder.models.recorded import RecordedModel

__all__ = [
    "Chunk",
    "EmbeddedModel",
    "FinishReason",
    "Model",
    "ModelError",
    "RecordedModel",
    "Request",
    "Sampling",
    "StopStrings",
]
