"""What a step of a chain can be: trees made uniform, claims that can be checked, functions being defined."""

from __future__ import annotations

import re

from mathcoder.translation.context import Context, called
from mathcoder.translation.evaluate import Function, Unknown, agree, value
from mathcoder.translation.statements import Side
from mathcoder.translation.tree import Call, Constant, Name, Number, Tree, free_names, heads, walk

__all__ = ["antiderivative_agrees", "claimable", "decimal_slack", "function_definition", "normalised", "promising"]

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
            return Call("derivative", (definition.tree, x, order))
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
    if list(args) == [Name(parameter) for parameter in parameters]:
        return tree
    return None


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
        case Call("*", (Name(name), Name(argument))) if re.fullmatch(r"\S+?\s*(?:\\left)?\(\s*\S+?\s*(?:\\right)?\)", side.latex):
            parameters = (argument,)
        case _:
            return None
    if body is None or len(set(parameters)) < len(parameters) or name in called(body):
        return None
    return (name, parameters) if set(parameters) & free_names(body) or not free_names(body) else None


def decimal_slack(claim: Tree) -> float:
    """The relative difference within which a decimal claim is met; 0 if it has no decimals."""
    places = [len(node.text.partition(".")[2]) for node in walk(claim) if isinstance(node, Number) and "." in node.text]
    if not places or free_names(claim):
        return 0.0
    try:
        size = abs(value(claim, {}, {}))
    except Unknown:
        return 0.0
    return min(0.2, 0.51 * 10 ** -min(places) / max(size, 1e-9)) if size else 0.0


def antiderivative_agrees(left: Tree, right: Tree, functions: dict[str, Function]) -> bool | None:
    """Whether an indefinite integral has the claimed derivative; None if `left` is no such thing."""
    variables = {
        node.args[1].name
        for node in walk(left)
        if isinstance(node, Call) and node.head == "integral" and len(node.args) == 2 and isinstance(node.args[1], Name)
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
