"""What a step of a chain can be: trees made uniform, claims that can be checked, functions being defined."""

from __future__ import annotations

import re

from mathcoder.translation.context import Context, called
from mathcoder.translation.evaluate import Function, Unknown, agree, value
from mathcoder.translation.lexer import Unreadable
from mathcoder.translation.statements import Side
from mathcoder.translation.tree import (
    Call,
    Name,
    Number,
    Tree,
    free_names,
    heads,
    negative,
    replaced,
    walk,
)
from mathcoder.translation.writer import Writer

__all__ = [
    "antiderivative_agrees",
    "as_vector",
    "claimable",
    "closeness",
    "function_definition",
    "is_share",
    "normalised",
    "promising",
    "rounded_to",
    "vector_claim",
]

_UNDONE = frozenset("integral limit sum product derivative prime apply at pmod dot cross det norm".split())
_OPERATORS = frozenset("integral limit sum product derivative prime dot cross det norm matrix vector at".split())
_CONSTANTS_OF_INTEGRATION = frozenset("CKc")


def normalised(tree: Tree, context: Context) -> Tree:
    """The tree with y', dy/dx, df/dx and f_x(x, y) written out, where the text has said what y and f are."""
    match tree:
        case Call("prime", (Name(name), Number() as order)):
            return _of_name(name, None, order, context) or tree
        case Call("derivative", (Name(name), Name() as x, Number() as order)):
            return _of_name(name, x, order, context) or tree
        case Call("apply", (Name(name), *args)) if name not in context.functions and "_" in name:
            return _partial(name, args, context) or tree
        case Call(head, args):
            return Call(head, tuple(normalised(arg, context) for arg in args))
        case _:
            return tree


def _of_name(name: str, x: Name | None, order: Number, context: Context) -> Tree | None:
    """The derivative of a function, or of a variable that depends on another."""
    if found := context.functions.get(name):
        parameters = found[0].parameters
        if x is None and len(parameters) == 1:
            return Call("prime", (Name(name), Name(parameters[0]), order))
        if x is not None and x.name in parameters:
            return Call("derivative", (Call("apply", (Name(name), *map(Name, parameters))), x, order))
    elif definition := context.value(name):
        names = free_names(definition.tree)
        if x is None and len(names) == 1:
            x = Name(*names)
        if x is not None and x.name in names:
            return Call("derivative", (Name(name), x, order))
    return None


def _partial(name: str, args: list[Tree], context: Context) -> Tree | None:
    """f_x(x, y)."""
    base, _, letters = name.partition("_")
    found = context.functions.get(base)
    if not found or any(letter not in found[0].parameters for letter in letters):
        return None
    parameters = found[0].parameters
    tree: Tree = Call("apply", (Name(base), *map(Name, parameters)))
    for letter in letters:
        tree = Call("derivative", (tree, Name(letter), Number("1")))
    for parameter, arg in zip(parameters, args, strict=False):
        if arg != Name(parameter):
            tree = Call("at", (tree, Name(parameter), arg))
    return tree if len(args) == len(parameters) else None


def claimable(tree: Tree, context: Context) -> bool:
    """Whether a side can be a claim: a value or an expression in which nothing is left to do."""
    found = heads(tree)
    if found & _UNDONE:
        return False
    return not (isinstance(tree, Name) and context.value(tree.name))


def promising(left: Tree, right: Tree) -> bool:
    """Whether a step whose values cannot be seen is worth a program: it has something to do, and all it needs."""
    if not heads(left) & _OPERATORS:
        return False
    names = free_names(left)
    if any("_" in name and not name[-1].isdigit() for name in names):
        return False  # terms of a sequence that is not given
    return free_names(right) <= names | _CONSTANTS_OF_INTEGRATION and len(names) <= 3


def function_definition(tree: Tree | None, side: Side, body: Tree | None) -> tuple[str, tuple[str, ...]] | None:
    """The name and parameters of the function that `f(x) = body` defines."""
    match tree:
        case Call("apply", (Name(name), *args)) if args and all(isinstance(arg, Name) for arg in args):
            parameters = tuple(arg.name for arg in args if isinstance(arg, Name))
        case Call("*", (Name(name), Name(argument))) if re.fullmatch(
            r"\S+?\s*(?:\\left)?\(\s*\S+?\s*(?:\\right)?\)", side.latex
        ):
            parameters = (argument,)
        case _:
            return None
    if body is None or len(set(parameters)) < len(parameters) or name in called(body):
        return None
    return (name, parameters) if set(parameters) & free_names(body) or not free_names(body) else None


def is_share(claim: Tree) -> bool:
    """Whether a claim is a number from 0 to 1, as a probability is."""
    try:
        found = value(claim, {}, {})
    except Unknown:
        return False
    return not found.imag and 0 <= found.real <= 1


def rounded_to(claim: Tree) -> int | None:
    """Decimals of a whole number that only approximates: 0 for 17, -2 for 4,500; None for other claims."""
    match claim:
        case Number(text) if "." not in text and text.strip("-0"):
            return len(text.rstrip("0")) - len(text)
        case _:
            return None


def decimal_slack(claim: Tree) -> float:
    """The relative difference within which a decimal claim is met; 0 if it has no decimals."""
    places = [
        len(node.text.partition(".")[2]) for node in walk(claim) if isinstance(node, Number) and "." in node.text
    ]
    if not places or free_names(claim):
        return 0.0
    try:
        size = abs(value(claim, {}, {}))
    except Unknown:
        return 0.0
    return min(0.2, 0.51 * 10 ** -min(places) / max(size, 1e-9)) if size else 0.0


def closeness(tree: Tree, claim: Tree, approximate: bool = False) -> float:
    """How far values may differ that still count as the same: half of the last place of a decimal, or what
    a look at an integral or a limit can tell."""
    rough = 2e-2 if heads(tree) & {"integral", "limit"} else 1e-6
    places = rounded_to(claim) if approximate else None
    if places is not None:
        return (
            max(rough, min(0.2, 0.51 * 10**-places / abs(float(claim.value))))
            if isinstance(claim, Number)
            else rough
        )
    return max(decimal_slack(claim), rough)


def antiderivative_agrees(left: Tree, right: Tree, functions: dict[str, Function]) -> bool | None:
    """Whether an indefinite integral has the claimed derivative; None if `left` is no such thing."""
    variables = {
        node.args[1].name
        for node in walk(left)
        if isinstance(node, Call)
        and node.head == "integral"
        and len(node.args) == 2
        and isinstance(node.args[1], Name)
    }
    if len(variables) != 1:
        return None
    x = variables.pop()
    try:
        return agree(_derived(left, x), Call("derivative", (right, Name(x), Number("1"))), functions, 1e-6)
    except Unknown:
        return None


def _derived(tree: Tree, x: str) -> Tree:
    match tree:
        case Call("integral", (body, Name(name))) if name == x:
            return body
        case Call("+" | "-" as sign, args):
            return Call(sign, tuple(_derived(arg, x) for arg in args))
        case Call("*", args) if "integral" in heads(tree):
            inner = [arg for arg in args if "integral" in heads(arg)]
            others = [arg for arg in args if "integral" not in heads(arg)]
            if len(inner) > 1 or any(x in free_names(other) for other in others):
                raise Unknown("product of integrals")
            return Call("*", (*others, _derived(inner[0], x)))
        case _:
            if "integral" in heads(tree):
                raise Unknown("integral inside")
            return Call("derivative", (tree, Name(x), Number("1")))


_UNIT_VECTORS = {"i_vec": 0, "j_vec": 1, "k_vec": 2}


def with_unit_vectors(tree: Tree, size: int) -> Tree:
    """The tree with i, j and k as vectors of so many components."""
    units = {
        name: Call("vector", tuple(Number(str(int(place == axis))) for place in range(size)))
        for name, axis in _UNIT_VECTORS.items()
        if axis < size
    }
    return replaced(tree, units)


def as_vector(tree: Tree) -> Tree:
    """A definition with i, j and k written as a vector."""
    names = free_names(tree) & set(_UNIT_VECTORS)
    if not names:
        return tree
    parts = components(tree, 3 if "k_vec" in names else 2)
    return tree if parts is None else Call("vector", parts)


def components(tree: Tree, size: int) -> tuple[Tree, ...] | None:
    """What a vector is made of; None if that cannot be read off."""
    match tree:
        case Call("vector", args):
            return args if len(args) == size else None
        case Name(name) if name in _UNIT_VECTORS and _UNIT_VECTORS[name] < size:
            return tuple(Number(str(int(place == _UNIT_VECTORS[name]))) for place in range(size))
        case Number(text) if not text.strip("-0"):
            return (Number("0"),) * size
        case Call("+", args):
            parts = [components(arg, size) for arg in args]
            if any(part is None for part in parts):
                return None
            columns = zip(*(part for part in parts if part is not None), strict=True)
            return tuple(_added(column) for column in columns)
        case Call("-", (arg,)):
            inner = components(arg, size)
            return None if inner is None else tuple(negative(part) for part in inner)
        case Call("*", args):
            vectors = [arg for arg in args if components(arg, size) is not None and arg != Number("0")]
            if len(vectors) != 1:
                return None
            scale = tuple(arg for arg in args if arg is not vectors[0])
            return tuple(_scaled(scale, part) for part in components(vectors[0], size) or ())
        case _:
            return None


def vector_claim(left: Tree, right: Tree, latex: str) -> tuple[Tree, Tree, str]:
    """A claim about a vector as a list of its components; other claims as they are."""
    names = free_names(right) & set(_UNIT_VECTORS)
    sizes = [len(node.args) for node in walk(left) if isinstance(node, Call) and node.head == "vector"]
    if not names and not (isinstance(right, Call) and right.head == "vector"):
        return (
            (with_unit_vectors(left, sizes[0] if sizes else 3), right, latex)
            if free_names(left) & set(_UNIT_VECTORS)
            else (left, right, latex)
        )
    if isinstance(right, Call) and right.head == "vector":
        size = len(right.args)
    else:
        size = sizes[0] if sizes else 3 if "k_vec" in names | free_names(left) else 2
    parts = components(right, size)
    if parts is None:
        return left, right, latex
    try:
        texts = [Writer(plain=True).expression(part) for part in parts]
    except Unreadable:
        return left, right, latex
    return with_unit_vectors(left, size), Call("vector", parts), f"({', '.join(texts)})"


def _added(parts: tuple[Tree, ...]) -> Tree:
    left = tuple(part for part in parts if part not in (Number("0"), Number("-0")))
    return Number("0") if not left else left[0] if len(left) == 1 else Call("+", left)


def _scaled(scale: tuple[Tree, ...], part: Tree) -> Tree:
    if part == Number("0"):
        return part
    factors = scale if part == Number("1") else (*scale, part)
    return factors[0] if len(factors) == 1 else Call("*", factors)
