"""The embedded model, for tests that need it: one cache for the session, so weights are made once."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from mathcoder.models import EmbeddedModel, ModelError
from mathcoder.models.weights import find_weights, requantise


@pytest.fixture(scope="session")
def source() -> Path:
    """The packaged weights, as shipped."""
    for module in ("xllamacpp", "gguf"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    try:
        return find_weights()
    except ModelError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def weights(source: Path, cache: Path) -> Path:
    """The packaged weights in Q4_0, in `cache`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MATHCODER_CACHE", str(cache))
        return requantise(source)


@pytest.fixture(scope="session")
def model(weights: Path) -> Iterator[EmbeddedModel]:
    model = EmbeddedModel(weights, threads=1, context=2048, slots=2)
    yield model
    asyncio.run(model.aclose())
