"""Fixtures that tests of several packages share."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
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


@pytest.fixture
def only_ray(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One test at a time: two clusters that start at once on few cores run into Ray's time limits."""
    shared = (
        tmp_path_factory.getbasetemp().parent
        if "PYTEST_XDIST_WORKER" in os.environ
        else tmp_path_factory.getbasetemp()
    )
    with (shared / "ray.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
