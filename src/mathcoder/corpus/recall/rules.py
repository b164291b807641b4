"""What a text is, told by its formulas and its vocabulary: the labels of a second round without a model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from mathcoder.corpus.recall.labels import Label, Unlabelled

__all__ = ["label_by_rules", "rule_label"]

_MOST = 20_000  # characters of a text that are looked at
_FORMULA = re.compile(
    r"\$\$[^$]{1,2000}\$\$|\$(?=[^\s$])[^$\n]{1,300}(?<=\S)\$(?!\d)|\\\(.{1,300}?\\\)|\\\[.{1,2000}?\\\]"
    r"|\\begin\{(?:equation|align|gather|multline|eqnarray)\*?\}",
    re.DOTALL,
)
_SIGN = re.compile(
    r"(?<![\w.-])\d+(?:\.\d+)?(?:\s*[+*×÷^=]\s*|\s+[-/]\s+)\d|\b[a-zA-Z]\s?=\s?-?\d|[≤≥≠≈∑∏∫√∞∂∈∀∃⊂∪∩±×÷πθλσ²³]"
)
_CODE = re.compile(
    r"^\s*(?:def |class |import |from \w+ import |#include|public |return\b|for ?\(|if ?\(|fn |let mut |use \w+::"
    r"|[\w.\]\[ ]+\(.*\);?\s*[{;]?$|[{}]\s*$|>>> |\$ \w|console\.|print\()",
    re.MULTILINE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MATHEMATICS = _words(
    "theorem theorems lemma corollary proof prove proposition conjecture axiom equation equations "
    "integral integrals derivative derivatives polynomial polynomials matrix matrices vector vectors "
    "eigenvalue eigenvalues integer integers prime primes divisor divisible modulo congruence algebra "
    "algebraic geometry geometric triangle angle circle radius perimeter polygon calculus differential "
    "logarithm exponent fraction fractions numerator denominator multiply multiplication subtract "
    "quotient arithmetic sequence converges convergence bounded continuous topology manifold isomorphism "
    "homomorphism bijection surjective injective subset permutation permutations combinatorial "
    "combinatorics binomial factorial probability random variance covariance expectation distribution "
    "gaussian estimator likelihood regression hypothesis quadratic cubic linear coefficient coefficients "
    "sine cosine tangent trigonometric hyperbolic limit infinity infinite finite rational irrational real "
    "complex conjugate root roots inequality inequalities mathematics mathematical maths math formula "
    "formulas vertices graph parity totient residue recurrence"
)
_SCIENCE = _words(
    "energy momentum velocity acceleration force mass newton joule voltage current resistance circuit "
    "electron photon quantum particle relativity thermodynamics entropy temperature pressure wavelength "
    "frequency signal filter molecule reaction equilibrium concentration enzyme orbit gravitational "
    "galaxy stellar astronomy spectrum physics chemistry engineering neural training gradient loss "
    "bayesian prior posterior parameter parameters simulation model sample estimate periodogram reward "
    "policy inference optimization"
)
_PROBLEM = _words(
    "solve solution solutions exercise exercises problem problems answer answers find calculate hint"
)
_PROGRAMMING = _words(
    "algorithm algorithms complexity array arrays string strings pointer pointers function functions "
    "class classes method methods object objects variable variables compiler compile runtime thread "
    "threads recursion trait traits struct enum closure iterator iterators type types loop loops memory "
    "code program programming software debug"
)
_CONTEST = _words("input output constraints testcase leetcode codeforces judge submissions")
_TOOL = _words(
    "install installation download click menu button settings version command commands option options "
    "file files directory folder plugin config configuration terminal browser login account update api "
    "library package documentation usage syntax editor"
)


def label_by_rules(texts: Sequence[str]) -> list[Label | Unlabelled]:
    """`rule_label` of each text."""
    return [rule_label(text) for text in texts]


def rule_label(text: str) -> Label:
    """The type that a text is nearest to, by how dense formulas, code and the words of a field are in it.

    A rule is not a reader: it tells a page of mathematics from others well, the types within both less so.
    """
    text = text[:_MOST]
    words = Counter(_WORD.findall(text.lower()))
    size = max(words.total(), 30) / 100
    formulas = len(_FORMULA.findall(text)) / size
    signs = len(_SIGN.findall(_FORMULA.sub(" ", text))) / size
    code = len(_CODE.findall(text)) / size
    fields = (_MATHEMATICS, _SCIENCE, _PROBLEM, _PROGRAMMING, _CONTEST, _TOOL)
    mathematics, science, problem, programming, contest, tool = (
        sum(words[word] for word in words.keys() & field) / size for field in fields
    )
    evidence = 2 * formulas + signs / 2 + mathematics
    if code < 3:
        evidence += science / 4
    why = (
        f"in 100 words {formulas:.1f} formulas, {signs:.1f} signs, {mathematics:.1f} words of mathematics, "
        f"{code:.1f} lines of code"
    )
    if evidence >= 4 and (formulas >= 0.5 or mathematics >= 3 or min(signs, mathematics) >= 1):
        if science > mathematics:
            return Label(3, why)
        return Label(1 if problem >= 0.8 else 2, why)
    if code >= 3 or programming >= 4:
        return Label(4 if problem + contest >= 1.5 else 6 if tool > programming else 5, why)
    return Label(6 if tool >= 3 else 7, why)
