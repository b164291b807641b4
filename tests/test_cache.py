from __future__ import annotations

from pathlib import Path

import pytest

from mathcoder import cache


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"MATHCODER_CACHE": "/a", "XDG_CACHE_HOME": "/b"}, Path("/a")),
        ({"XDG_CACHE_HOME": "/b"}, Path("/b/mathcoder")),
        ({"XDG_CACHE_HOME": "", "HOME": "/h"}, Path("/h/.cache/mathcoder")),
    ],
)
def test_cache_dir(environ, expected, monkeypatch):
    monkeypatch.delenv("MATHCODER_CACHE", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert cache.cache_dir() == expected
