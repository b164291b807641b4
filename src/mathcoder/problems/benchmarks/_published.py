"""Figures of models that were measured on many of the sets, so that a set names only its own numbers."""

from __future__ import annotations

from mathcoder.problems.benchmark import Published

_GREEDY = "greedy, code executed"
_MATHCODER = (
    ("MathCoder-L-7b", _GREEDY),
    ("MathCoder-L-13b", _GREEDY),
    ("MathCoder-L-70b", _GREEDY),
    ("MathCoder-CL-7b", _GREEDY),
    ("MathCoder-CL-13b", _GREEDY),
    ("MathCoder-CL-34b", _GREEDY),
    ("MathCoder-CL-34b, seed data only", _GREEDY),
    ("MathCoder-CL-34b, loss on outputs too", _GREEDY),
    ("MathCoder-CL-34b, loss on outputs too", "greedy, outputs predicted by the model"),
)


def mathcoder(*scores: float) -> tuple[Published, ...]:
    """MathCoder's models, in the order of `_MATHCODER`."""
    rows = zip(_MATHCODER, scores, strict=True)
    return tuple(Published(model, score, setting, "arXiv:2310.03731") for (model, setting), score in rows)


def mathcoder2(score: float, base: float) -> tuple[Published, ...]:
    """MathCoder2, and the model it was trained from."""
    return _both("MathCoder2-Llama-3-8B", score, "Llama-3-8B", base, "4-shot", "arXiv:2410.08196")


def llemma(score: float, minerva: float, setting: str = "4-shot") -> tuple[Published, ...]:
    """Llemma, and Minerva as Llemma's authors quote it."""
    return _both("Llemma-34B", score, "Minerva-540B", minerva, setting, "arXiv:2310.10631")


def deepseek(score: float, llemma: float) -> tuple[Published, ...]:
    """DeepSeekMath's base model, and Llemma as its authors measured it."""
    return _both("DeepSeekMath-Base-7B", score, "Llemma-34B", llemma, "few-shot", "arXiv:2402.03300")


def harness(trained: float, instructed: float) -> tuple[Published, ...]:
    """DeepSeekMath after reinforcement learning and before, as the authors of the harness measured it."""
    source = "https://github.com/ZubinGou/math-evaluation-harness"
    names = ("DeepSeekMath-RL-7B", "DeepSeekMath-Instruct-7B")
    return _both(names[0], trained, names[1], instructed, "chain of thought, no code", source)


def qwen(score: float) -> tuple[Published, ...]:
    """Qwen2.5-Math."""
    return (Published("Qwen2.5-Math-7B-Instruct", score, "chain of thought, no code", "arXiv:2409.12122"),)


def _both(first: str, score: float, second: str, other: float, setting: str, source: str) -> tuple[Published, ...]:
    return (Published(first, score, setting, source), Published(second, other, setting, source))
