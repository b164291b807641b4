"""mathcoder: mathematics language models that solve with executed code."""
