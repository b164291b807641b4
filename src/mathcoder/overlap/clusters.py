"""Which copies belong together and which of them stays: edges in, a table of clusters out.

The answer depends on the set of edges and documents alone, never on their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

__all__ = ["Document", "Edge", "Keep", "Member", "cluster"]

# Ids are texts or whole numbers: anything that sorts.
Id = Any


class Edge(NamedTuple):
    """Two documents that are copies: equal texts (`exact`), or shingles alike by this estimated Jaccard."""

    one: Id
    other: Id
    similarity: float = 1.0
    exact: bool = False


class Document(NamedTuple):
    """What a keep rule looks at: the size in characters and the name of the source, if there is one."""

    id: Id
    size: int = 0
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """Which document of a cluster stays: from the earliest source, then by the rule, then the smallest id.

    Attributes:
        rule: "longest" keeps the one with most characters, "first" the smallest id.
        sources: names of sources, best first; a source that is not named comes after all that are.
    """

    rule: Literal["longest", "first"] = "longest"
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.rule not in ("longest", "first"):
            raise ValueError(f"keep rule {self.rule!r} is not known; there are longest and first")
        if len(set(self.sources)) < len(self.sources):
            raise ValueError(f"a source is named twice in {list(self.sources)}")

    def order(self, document: Document) -> tuple[int, int, Id]:
        """Sorts the document that stays before the others."""
        named = document.source in self.sources
        rank = self.sources.index(document.source) if named and document.source else len(self.sources)
        return rank, -document.size if self.rule == "longest" else 0, document.id

    def reason(self, count: int) -> str:
        """Why the first of `count` documents in this order stays."""
        by = "longest" if self.rule == "longest" else "first by id"
        return f"kept: {'by source, then ' if self.sources else ''}{by} of {count} copies"


@dataclass(frozen=True, slots=True)
class Member:
    """A document of a cluster: `cluster` is the smallest id in it; `why` says what it copies or why it stays."""

    id: Id
    cluster: Id
    kept: bool
    why: str


def cluster(edges: Iterable[Edge], documents: Iterable[Document], keep: Keep) -> list[Member]:
    """The members of all clusters, by cluster, the one that stays first, the others by id.

    Clusters are the connected components of the edges; a document without an edge is in none.

    Raises:
        ValueError: two documents that are in a cluster have one id.
    """
    edges = sorted({_ordered(edge) for edge in edges}, key=lambda edge: (edge.one, edge.other))
    ids = sorted({edge.one for edge in edges} | {edge.other for edge in edges})
    place = {name: index for index, name in enumerate(ids)}
    known: dict[Id, Document] = {}
    for document in documents:
        if document.id in known:
            raise ValueError(f"two documents have the id {document.id!r}; ids must be unique")
        known[document.id] = document
    members: list[Member] = []
    nearest = _nearest(edges)
    for group in _components(((place[edge.one], place[edge.other]) for edge in edges), len(ids)):
        ordered = sorted((known.get(ids[index], Document(ids[index])) for index in group), key=keep.order)
        first, stays = min(document.id for document in ordered), ordered[0].id
        members.append(Member(stays, first, True, keep.reason(len(ordered))))
        others = sorted(document.id for document in ordered[1:])
        members.extend(Member(other, first, False, _copy(nearest, other, stays)) for other in others)
    return members


def _ordered(edge: Edge) -> Edge:
    return edge if edge.one <= edge.other else edge._replace(one=edge.other, other=edge.one)


def _components(edges: Iterable[tuple[int, int]], count: int) -> list[list[int]]:
    """The connected components of `count` points, by their smallest; each sorted. Union-find, path halving."""
    parent = list(range(count))

    def root(point: int) -> int:
        while parent[point] != point:
            parent[point] = parent[parent[point]]
            point = parent[point]
        return point

    for one, other in edges:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    groups: dict[int, list[int]] = {}
    for point in range(count):
        groups.setdefault(root(point), []).append(point)
    return list(groups.values())


def _nearest(edges: Sequence[Edge]) -> dict[Id, dict[Id, Edge]]:
    """For each document its edges, by the other end."""
    found: dict[Id, dict[Id, Edge]] = {}
    for edge in edges:
        for one, other in ((edge.one, edge.other), (edge.other, edge.one)):
            best = found.setdefault(one, {}).get(other)
            if best is None or _strength(edge) > _strength(best):
                found[one][other] = edge
    return found


def _strength(edge: Edge) -> tuple[bool, float]:
    return edge.exact, edge.similarity


def _copy(nearest: dict[Id, dict[Id, Edge]], copy: Id, stays: Id) -> str:
    """Why a document goes: its likeness to the one that stays, or the document that links them."""
    edges = nearest[copy]
    if stays in edges:
        other, via = stays, ""
    else:
        # The strongest edge, the smallest id among equals.
        other = max(sorted(edges), key=lambda name: _strength(edges[name]))
        via = f", linked to {stays}"
    edge = edges[other]
    return f"exact copy of {other}{via}" if edge.exact else f"near copy of {other} ({edge.similarity:.2f}){via}"
