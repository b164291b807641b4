"""mathcoder: mathematics language models that solve with executed code."""

import os

# Nothing that is used here may call home.
for _name in ("DO_NOT_TRACK", "HF_HUB_DISABLE_TELEMETRY"):
    os.environ.setdefault(_name, "1")
