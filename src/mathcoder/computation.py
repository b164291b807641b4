"""A computation that a text states: what it needs, what it claims, and Python that does it.

The four parts are those of MathCoder2 (arXiv 2410.08196, section 2.2): conditions, expression, result, code.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, cast

__all__ = ["Computation"]


@dataclass(frozen=True, slots=True)
class Computation:
    """One step of a text. Immutable; its JSON gives back an equal one.

    Attributes:
        conditions: what has to be known first, as the text says it: `f(x) = x^2`, `r = 3`.
        expression: what is computed, LaTeX.
        result: what the text claims it comes to, LaTeX.
        code: self-contained Python that prints what the expression comes to.
        span: where the step stands: characters `span[0]` up to, not including, `span[1]` of the text.
        kind: "arithmetic", "algebra", "derivative", "integral", "limit", "sum", "product", "matrix", "modular",
            "combinatorics", "equation", "system", "probability", "units", "function" (a function's value),
            "trigonometry", or another name that its maker gives.
    """

    conditions: tuple[str, ...]
    expression: str
    result: str
    code: str
    span: tuple[int, int] = (0, 0)
    kind: str = "arithmetic"

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values; `from_json` gives back an equal computation."""
        return asdict(self) | {"conditions": list(self.conditions), "span": list(self.span)}

    @classmethod
    def from_json(cls, data: object) -> Computation:
        """The computation that `to_json` wrote. `conditions`, `span` and `kind` may be absent.

        Raises:
            ValueError: a key is missing, unknown or of the wrong type; the message is one line naming it.
        """
        if not isinstance(data, dict):
            raise ValueError(f"a computation must be an object, not {type(data).__name__}")
        row = cast("dict[str, object]", data)
        if unknown := [key for key in row if key not in {field.name for field in fields(cls)}]:
            raise ValueError(f"computation.{unknown[0]} is not known")
        texts = {key: row[key] for key in ("expression", "result", "code", "kind") if key in row}
        for key in ("expression", "result", "code"):
            if key not in texts:
                raise ValueError(f"computation.{key} is missing")
        for key, value in texts.items():
            if not isinstance(value, str):
                raise ValueError(f"computation.{key} must be text, not {type(value).__name__}")
        conditions = _items(row.get("conditions", []), "conditions", str)
        span = _items(row.get("span", [0, 0]), "span", int)
        if len(span) != 2:
            raise ValueError(f"computation.span must be two numbers, not {len(span)}")
        return cls(tuple(conditions), span=(span[0], span[1]), **cast("dict[str, str]", texts))


def _items(value: object, key: str, kind: type[Any]) -> list[Any]:
    items = cast("list[object]", value) if isinstance(value, list) else [None]
    for item in items:
        if not isinstance(item, kind) or isinstance(item, bool):
            raise ValueError(f"computation.{key} must be a list of {'texts' if kind is str else 'whole numbers'}")
    return items
