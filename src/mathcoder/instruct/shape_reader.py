"""A program as a graph: each use of a variable points to the statement that gave it its value, without its name.

Nothing is run. See `mathcoder.instruct.diversity` for what is left out.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
from collections.abc import Iterable, Sequence

from mathcoder.instruct.syntax import (
    CHANGES,
    READ,
    blocks,
    bound_names,
    label,
    leaves_block,
    parts,
    shown_values,
    stored_parts,
)

__all__ = ["Node", "ShapeReader", "written"]

_BLOCK = "block"


class Node:
    """A part of a program: what it is, and the parts and earlier statements that it uses."""

    __slots__ = ("children", "digest", "label", "size")

    def __init__(self, label: str, children: Iterable[Node] = ()):
        self.label = label
        self.children = tuple(children)
        self.size = min(1 + sum(child.size for child in self.children), 1 << 60)
        said = "\0".join([label, *(child.digest for child in self.children)])
        self.digest = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()

    def order(self) -> tuple[int, str]:
        """Large ones first: a statement is larger than those it uses."""
        return -self.size, self.digest


def written(node: Node) -> str:
    """A node as text. What was written before is a number, so that `a * a` and `a * b` differ.

    A statement of a block that others use is written where they use it, and not again.
    """
    numbers: dict[int, int] = {}
    words: list[str] = []
    stack: list[tuple[Node | None, bool]] = [(node, False)]
    while stack:
        part, statement = stack.pop()
        if part is None:
            words.append(")")
        elif id(part) in numbers:
            words += [] if statement else [f"#{numbers[id(part)]}"]
        elif not part.children:
            words.append(f"({part.label})")
        else:
            numbers[id(part)] = len(numbers)
            words.append(f"({part.label}")
            stack.append((None, False))
            stack += [(child, part.label == _BLOCK) for child in reversed(part.children)]
    return " ".join(words)


class ShapeReader:
    """Reads statements in their order; `_names` says for each name which statement gave it its value."""

    def __init__(self, module: ast.Module):
        self._names: dict[str, Node] = {}
        self._bound = set(bound_names(module))
        self._star = ""
        self._depth = 0

    def block(self, body: Sequence[ast.stmt]) -> Node:
        """The statements of a block, in an order that does not depend on how independent ones are written.

        The last come first. What stands before a statement that may leave the block stays before it.
        """
        ordered: list[Node] = []
        free: list[Node] = []
        for statement in body:
            nodes = self._statement(statement)
            if leaves_block(statement):
                ordered = [*nodes, *sorted(free, key=Node.order), *ordered]
                free = []
            else:
                free += nodes
        return Node(_BLOCK, [*sorted(free, key=Node.order), *ordered])

    def _statement(self, statement: ast.stmt) -> list[Node]:
        match statement:
            case ast.Import() | ast.ImportFrom():
                self._import(statement)
                return []
            case ast.Expr(value=value):
                return self._shown(value)
            case ast.Assign(targets=targets, value=value):
                return self._assign("=", [self._part(value)], targets)
            case ast.AnnAssign(target=target, value=value):
                return self._assign("=", [self._part(value)], [target]) if value else []
            case ast.AugAssign(target=target, op=operator, value=value):
                before = self._part(target)
                return self._assign(f"{type(operator).__name__}=", [before, self._part(value)], [target])
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return [self._function(statement)]
            case ast.ClassDef():
                return [self._class(statement)]
            case ast.For() | ast.AsyncFor() | ast.While() | ast.If() | ast.With() | ast.AsyncWith() | ast.Try():
                return [self._compound(statement)]
            case ast.Pass() | ast.Global() | ast.Nonlocal():
                return []
            case _:
                return [self._part(statement)]

    def _import(self, statement: ast.Import | ast.ImportFrom) -> None:
        base = f"{'.' * statement.level}{statement.module or ''}." if isinstance(statement, ast.ImportFrom) else ""
        for name in statement.names:
            if name.name == "*":
                self._star = base
            elif isinstance(statement, ast.Import) and not name.asname:
                first = name.name.partition(".")[0]
                self._names[first] = Node(f"module {first}")
            else:
                self._names[name.asname or name.name] = Node(f"module {base}{name.name}")

    def _shown(self, value: ast.expr) -> list[Node]:
        """A line that is an expression: the values that it prints or shows, or what it does to a variable."""
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print":
            return [Node("shown", [self._part(shown)]) for each in value.args for shown in shown_values(each)]
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in CHANGES:
            node = Node("done", [self._part(value)])
            self._changed(value.func.value, node)
            return [node]
        values = value.elts if isinstance(value, ast.Tuple) else [value]
        return [Node("shown", [self._part(shown)]) for each in values for shown in shown_values(each)]

    def _assign(self, label: str, values: list[Node], targets: Sequence[ast.expr]) -> list[Node]:
        stores = [self._part(each) for target in targets for each in stored_parts(target)]
        node = Node(label, [*values, *stores])
        for target in targets:
            self._bind(target, node)
        return [node]

    def _bind(self, target: ast.expr, node: Node) -> None:
        match target:
            case ast.Name(id=name):
                self._names[name] = node
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for place, part in enumerate(parts):
                    self._bind(part, Node(f"item {place}", [node]))
            case ast.Starred(value=value):
                self._bind(value, node)
            case _:
                self._changed(target, node)

    def _changed(self, target: ast.expr, node: Node) -> None:
        """The variable of which a part was changed has the statement that did so as its last."""
        while isinstance(target, (ast.Attribute, ast.Subscript)):
            target = target.value
        if isinstance(target, ast.Name):
            self._names[target.id] = node

    def _function(self, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Node:
        arguments = function.args
        defaults = [self._part(value) for value in (*arguments.defaults, *arguments.kw_defaults) if value]
        outside = self._names
        self._names = dict(outside)
        self._depth += 1
        every = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
        for place, argument in enumerate(every):
            if argument:
                self._names[argument.arg] = Node(f"argument {self._depth}.{place}")
        if isinstance(function, ast.Lambda):
            body = self._part(function.body)
        else:
            self._names.setdefault(function.name, Node(f"itself {self._depth}"))
            body = self.block(function.body)
        self._depth -= 1
        self._names = outside
        node = Node(f"function of {len(arguments.args)}", [*defaults, body])
        if not isinstance(function, ast.Lambda):
            self._names[function.name] = node
        return node

    def _class(self, statement: ast.ClassDef) -> Node:
        outside = self._names
        self._names = dict(outside)
        node = Node("class", [*map(self._part, statement.bases), self.block(statement.body)])
        self._names = outside | {statement.name: node}
        return node

    def _compound(self, statement: ast.stmt) -> Node:
        """A statement with blocks. A name that they give a value points to it and to what they gave it."""
        before = self._names
        self._names = dict(before)
        heads: list[Node] = []
        if isinstance(statement, (ast.For, ast.AsyncFor)):
            heads.append(self._part(statement.iter))
            self._bind(statement.target, Node("each", heads))
        elif isinstance(statement, (ast.While, ast.If)):
            heads.append(self._part(statement.test))
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            for item in statement.items:
                heads.append(self._part(item.context_expr))
                if item.optional_vars:
                    self._bind(item.optional_vars, Node("as", heads[-1:]))
        entered = self._names
        bodies: list[Node] = []
        ends: list[dict[str, Node]] = []
        for what, body in blocks(statement):
            self._names = dict(entered)
            bodies.append(Node(what, [self.block(body)]))
            ends.append(self._names)
        node = Node(type(statement).__name__, [*heads, *bodies])
        self._names = before
        for name in dict.fromkeys(name for end in ends for name in end):
            values = [end.get(name) for end in ends]
            if any(value is not before.get(name) for value in values):
                self._names[name] = Node("after", [node, *(value or Node("nothing") for value in values)])
        return node

    def _part(self, node: ast.AST) -> Node:
        """An expression, or a statement that gives no name a value."""
        match node:
            case ast.Name(id=name):
                return self._name(name)
            case ast.Constant(value=value):
                plain = value is None or value is ... or isinstance(value, bool)
                number = isinstance(value, (int, float, complex))
                return Node(repr(value) if plain else "number" if number else type(value).__name__)
            case ast.Attribute(value=value, attr=name):
                of = self._part(value)
                return Node(f"{of.label}.{name}") if of.label.startswith("module ") else Node(f".{name}", [of])
            case ast.Lambda():
                return self._function(node)
            case ast.NamedExpr(target=target, value=value):
                named = Node("=", [self._part(value)])
                self._bind(target, named)
                return named
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case ast.stmt() if isinstance(node, READ):
                return self.block([node])
            case _:
                return Node(label(node), map(self._part, parts(node)))

    def _name(self, name: str) -> Node:
        if name in self._names:
            return self._names[name]
        if name in self._bound:
            return Node("given later")
        known = not self._star or hasattr(builtins, name)
        return Node(f"name {name}" if known else f"module {self._star}{name}")

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Node:
        outside = self._names
        self._names = dict(outside)
        parts: list[Node] = []
        for each in node.generators:
            parts.append(self._part(each.iter))
            self._bind(each.target, Node("each", parts[-1:]))
            parts += map(self._part, each.ifs)
        wanted = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        parts += map(self._part, wanted)
        self._names = outside
        return Node(type(node).__name__, parts)
