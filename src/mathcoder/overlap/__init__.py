"""What is a copy of what: exact and near duplicates, and benchmark items inside documents.

From Daft frames, `near_duplicates` and `exact_duplicates` make a table of clusters and `contamination` a table of
evidence, on which `decontaminated` acts. The same input gives the same tables for any number of workers, on Daft's
native runner and on Ray.
"""

from mathcoder.overlap.clusters import Document, Edge, Keep, Member, cluster
from mathcoder.overlap.containment import ItemIndex, Passage
from mathcoder.overlap.contamination import Contamination, contamination, decontaminated
from mathcoder.overlap.duplicates import exact_duplicates, near_duplicates
from mathcoder.overlap.tokens import Tokens, tokens

__all__ = [
    "Contamination",
    "Document",
    "Edge",
    "ItemIndex",
    "Keep",
    "Member",
    "Passage",
    "Tokens",
    "cluster",
    "contamination",
    "decontaminated",
    "exact_duplicates",
    "near_duplicates",
    "tokens",
]
