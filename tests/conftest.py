"""Fixtures that tests of several packages share."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

# No limits on time: machines are noisy. In CI the same examples each time, elsewhere new ones.
hypothesis.settings.register_profile("here", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("here")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real inputs; its README says what they are and whose."""
    folder = os.environ.get("MATHCODER_DATA")
    if not folder:
        pytest.skip("set MATHCODER_DATA to the folder of real inputs")
    return Path(folder)
