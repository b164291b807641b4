"""What a text has said so far: definitions of functions and values, and equations."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from mathcoder.translation.evaluate import Function
from mathcoder.translation.tree import Call, Name, Tree, free_names, replaced, walk

__all__ = ["Context", "Definition", "Equation", "as_functions", "called", "closed", "written_out"]

_KEPT = 3  # definitions of one name that are remembered
_EQUATIONS = 8


@dataclass(frozen=True, slots=True)
class Definition:
    """`name` is `tree`; with `parameters` it is a function of them. `text` is how the text says it."""

    name: str
    tree: Tree
    text: str
    place: int
    parameters: tuple[str, ...] = ()


@dataclass(slots=True)
class Equation:
    """Two sides that are not the same for all values; `solutions` the values that the text then gives."""

    left: Tree
    right: Tree
    text: str
    start: int
    solutions: list[Any] = field(default_factory=list[Any])


class Context:
    """Definitions by name, the newest first. What a section said is forgotten at the next heading."""

    def __init__(self) -> None:
        self.functions: dict[str, deque[Definition]] = {}
        self.values: dict[str, deque[Definition]] = {}
        self.equations: deque[Equation] = deque(maxlen=_EQUATIONS)
        self.claims: dict[str, Any] = {}  # what the text gives as values of unknowns, by name

    def forget(self, functions: bool = True) -> None:
        """At a heading; at a new example only values and equations."""
        if functions:
            self.functions.clear()
        self.values.clear()
        self.equations.clear()
        self.claims.clear()

    def define(self, definition: Definition) -> None:
        table = self.functions if definition.parameters else self.values
        table.setdefault(definition.name, deque(maxlen=_KEPT)).appendleft(definition)
        (self.values if definition.parameters else self.functions).pop(definition.name, None)

    def value(self, name: str) -> Definition | None:
        found = self.values.get(name)
        return found[0] if found else None

    def choices(self, tree: Tree) -> Iterator[dict[str, Definition]]:
        """Definitions for the functions that a tree calls, the newest first; nothing if one is not defined."""
        names = sorted(called(tree))
        if any(name not in self.functions for name in names):
            return
        for place in range(_KEPT):
            chosen = {name: self.functions[name] for name in names}
            if place and all(len(found) <= place for found in chosen.values()):
                return
            yield self._with_inner({name: found[min(place, len(found) - 1)] for name, found in chosen.items()})
            if not names:
                return

    def _with_inner(self, chosen: dict[str, Definition]) -> dict[str, Definition]:
        """Also the functions that the chosen ones call, before them."""
        for _ in range(3):
            inner = {name for definition in chosen.values() for name in called(definition.tree)} - set(chosen)
            known = {name: self.functions[name][0] for name in sorted(inner) if name in self.functions}
            if not known:
                break
            chosen = known | chosen
        return chosen

    def known(self, names: Iterable[str]) -> dict[str, Definition]:
        """Values for names and for what they are made of, what others need first."""
        found: dict[str, Definition] = {}
        for name in sorted(names):
            self._add(name, found, 0)
        return found

    def _add(self, name: str, found: dict[str, Definition], depth: int) -> None:
        definition = self.value(name)
        if definition is None or name in found or depth > 4 or name in free_names(definition.tree):
            return
        for inner in sorted(free_names(definition.tree)):
            self._add(inner, found, depth + 1)
        found[name] = definition


def called(tree: Tree) -> frozenset[str]:
    """Names of the functions that a tree applies."""
    return frozenset(
        node.args[0].name
        for node in walk(tree)
        if isinstance(node, Call) and node.head in ("apply", "prime") and isinstance(node.args[0], Name)
    )


def closed(known: dict[str, Definition]) -> dict[str, Tree]:
    """Values with their own names replaced, in an order in which each needs only those before it."""
    values: dict[str, Tree] = {}
    for name, definition in known.items():
        values[name] = replaced(definition.tree, values)
    return values


def written_out(tree: Tree, known: Sequence[Definition]) -> Tree:
    """The tree with what is known put in for names and for calls of functions."""
    values = closed({d.name: d for d in known if not d.parameters})
    functions = {d.name: d for d in known if d.parameters}

    def put_in(tree: Tree, depth: int) -> Tree:
        match tree:
            case Call("apply", (Name(name), *args)) if name in functions and depth < 8:
                definition = functions[name]
                if len(args) == len(definition.parameters):
                    inside = dict(zip(definition.parameters, (put_in(arg, depth) for arg in args), strict=True))
                    return put_in(replaced(definition.tree, inside), depth + 1)
                return tree
            case Call(head, args):
                return Call(head, tuple(put_in(arg, depth) for arg in args))
            case _:
                return tree

    return replaced(put_in(tree, 0), values)


def as_functions(definitions: dict[str, Definition]) -> dict[str, Function]:
    return {name: (found.parameters, found.tree) for name, found in definitions.items() if found.parameters}
