"""Other first names for the persons of a problem, the same in question, program and last sentence."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from mathcoder.instruct.derivation import Derivation
from mathcoder.instruct.expression import Expression, Name, Number, Operation

__all__ = ["FEMALE", "MALE", "renamed"]

# Names that are no other words, months or places.
FEMALE = """
    Alice Amelia Amina Andrea Anna Beatrice Bella Bianca Brenda Camila Carmen Caroline Catherine Chloe
    Clara Claire Daniela Deborah Diana Elena Elise Eliza Emily Emma Erica Esther Fatima Fiona Freya
    Gabriela Gina Hannah Helen Ingrid Irene Isabel Jane Janet Jasmine Jenna Jennifer Jessica Julia Karen
    Kate Katie Kelly Lara Laura Lena Leila Linda Lisa Lucy Maria Marta Martha Mary Megan Melissa Mia Mila
    Monica Nadia Nancy Natalia Nina Nora Olivia Paula Priya Rachel Rebecca Rita Rosa Sandra Sara Sarah
    Selma Sofia Sophia Stella Susan Tamara Tanya Teresa Tina Vera Wendy Yara Zoe
""".split()
MALE = """
    Aaron Adam Ahmed Alan Albert Alex Andrew Anton Arthur Ben Boris Brandon Brian Bruno Carlos Charles
    Chris Daniel David Dennis Diego Edward Eric Ethan Felix Fred Gabriel George Greg Hassan Henry Hugo
    Ian Isaac Ivan Jacob Jake James Jason Javier Jerry Jim Joe John Jonas Jorge Joseph Josh Juan Justin
    Karl Kevin Kyle Leo Liam Luis Lukas Marco Mario Martin Matthew Max Michael Mike Nathan Nick Noah
    Oliver Omar Oscar Pablo Paul Pedro Peter Philip Rafael Ricardo Robert Roger Ryan Samir Samuel Sean
    Simon Stefan Steven Tariq Theo Thomas Timothy Tom Tony Victor Walter William Yusuf Zach
""".split()


def renamed(derivation: Derivation, chance: random.Random) -> Derivation:
    """The derivation with other persons; the same one where its question has no name of the tables."""
    words = set(re.findall(r"[A-Z][a-z]+", derivation.question))
    others: dict[str, str] = {}
    for table in (FEMALE, MALE):
        here = [name for name in table if name in words]
        free = [name for name in table if name not in words]
        others |= dict(zip(here, chance.sample(free, len(here)), strict=True))
    if not others or any(re.search(rf"\b{name} [A-Z][a-z]+", derivation.question) for name in others):
        return derivation  # a full name may be that of somebody known
    return _renamed(derivation, others)


def _renamed(derivation: Derivation, others: dict[str, str]) -> Derivation:
    lower = {old.lower(): new.lower() for old, new in others.items()}
    names = [item.name for item in (*derivation.givens, *derivation.steps)]
    new = {name: "_".join(lower.get(part, part) for part in name.split("_")) for name in names}
    if len(set(new.values())) != len(names):
        new = {name: name for name in names}
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, others))})\b")

    def said(text: str) -> str:
        return pattern.sub(lambda match: others[match[0]], text)

    def moved(place: int) -> int:
        return len(said(derivation.question[:place]))

    def tree(old: Expression) -> Expression:
        if isinstance(old, Name):
            return Name(new[old.name])
        if isinstance(old, Number):
            return Number(old.value, said(old.note))
        return Operation(old.operator, tree(old.left), tree(old.right))

    givens = tuple(
        replace(
            given,
            name=new[given.name],
            spans=tuple((moved(start), moved(end)) for start, end in given.spans),
            comment=said(given.comment),
        )
        for given in derivation.givens
    )
    steps = tuple(
        replace(
            step,
            name=new[step.name],
            expression=tree(step.expression),
            text=said(step.text),
            comment=said(step.comment),
        )
        for step in derivation.steps
    )
    return replace(
        derivation,
        question=said(derivation.question),
        givens=givens,
        steps=steps,
        answer_name=new[derivation.answer_name],
        conclusion=said(derivation.conclusion),
    )
