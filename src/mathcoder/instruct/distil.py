"""MathCodeInstruct's third step (arXiv 2310.03731, section 2.2): a student solves new problems several times.

Nobody knows the answers of new problems. A problem is kept where the student's answers agree, by equivalence and
not by spelling, with one solution whose code ran. How often agreement is right: `benchmarks/agreement.py`.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

from mathcoder.grading import Grader, majority_vote
from mathcoder.instruct.asking import SAMPLED, Drawn, check_training, sampled
from mathcoder.instruct.seed import check_samples
from mathcoder.models.base import Model
from mathcoder.problems import Problem
from mathcoder.sandbox import Sandbox
from mathcoder.solving.dialects import Dialect
from mathcoder.solving.loop import Options

__all__ = ["AGREEMENT_RULES", "Agreement", "AgreementRule", "Distilled", "agreement", "distil"]

AgreementRule: TypeAlias = Literal["all", "majority"]
"""`all`: every sample has an answer and all are equivalent. `majority`: more than half of the samples agree."""
AGREEMENT_RULES: tuple[AgreementRule, ...] = get_args(AgreementRule)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What several answers to one problem come to.

    Attributes:
        agreed: whether they agree by the rule.
        answer: the first of the largest class of equivalent answers; None where nobody answered.
        places: of the answers in that class.
        voters: how many were asked, those without an answer included.
    """

    agreed: bool
    answer: str | None
    places: tuple[int, ...]
    voters: int


@dataclass(frozen=True, slots=True)
class Distilled:
    """A new problem and what the student made of it.

    Attributes:
        problem: where it is kept, with the chosen solution's answer.
        samples: all solutions, in order.
        agreement: of their answers.
        chosen: the place of the sample that is kept; None where none is.
        reason: why the problem is not kept, "" where it is: "2 of 3 agree", "no answer", "no solution that
            ran", or the "model error: ..." without which the samples might agree.
        reasons: for each sample why it is not kept, "" for the chosen one: what is wrong with the problem, the
            sample's own fault, "another answer", or "another was chosen".
    """

    problem: Problem
    samples: tuple[Drawn, ...]
    agreement: Agreement
    chosen: int | None
    reason: str
    reasons: tuple[str, ...]

    @property
    def kept(self) -> bool:
        return self.chosen is not None


def distil(
    problems: Sequence[Problem],
    model: Model,
    *,
    dialect: Dialect,
    sandbox: Sandbox,
    grader: Grader,
    samples: int = 3,
    rule: AgreementRule = "all",
    options: Options = SAMPLED,
    concurrency: int = 64,
) -> Generator[Distilled, None, None]:
    """Each problem with its solutions, in order, kept or with the reason why not.

    Of the solutions that agree the first whose every block of code ran is kept.

    Args:
        problems: new ones, without answers; what they state as answer is not looked at. None of the split test.
        model: the student. A `CachedModel` is not asked again for what it answered.
        dialect: how it writes.
        sandbox: where its code runs.
        grader: says which answers are equivalent.
        samples: solutions of each problem, 2 or more (MathCoder: 3).
        rule: when they agree (MathCoder: all).
        options: limits and sampling. Sample n is drawn with their seed plus n.
        concurrency: requests at the model at a time.

    Raises:
        ValueError: before any work: a problem is of the split test, there is no such rule, or a number is out of
            range. The message is one line.
        BudgetExceeded: in the place of the first problem that was not asked whole.
        SandboxError: the sandbox failed.
    """
    check_training(problems)
    check_samples(samples, options, concurrency, least=2)
    _check_rule(rule)

    def distilled() -> Generator[Distilled, None, None]:
        groups = sampled(
            problems,
            model,
            dialect=dialect,
            sandbox=sandbox,
            samples=samples,
            options=options,
            concurrency=concurrency,
        )
        for problem, group in groups:
            yield _judged(problem, group, grader, rule)

    return distilled()


def agreement(
    answers: Sequence[str | None], grader: Grader, rule: AgreementRule = "all", choices: Sequence[str] = ()
) -> Agreement:
    """Whether answers to one problem agree.

    An answer is in a class where it is equivalent to the first one there, either held against the other; where
    the grader cannot tell, it is not.

    Args:
        answers: one for each sample, None where it has none.
        choices: the texts of a multiple choice, A first.

    Raises:
        ValueError: there is no such rule.
    """
    _check_rule(rule)

    def equivalent(one: str, other: str) -> bool:
        return any(grader.grade(*pair, choices).correct for pair in ((one, other), (other, one)))

    vote = majority_vote([answer if answer and answer.strip() else None for answer in answers], equivalent)
    places = vote.classes[0] if vote.classes else ()
    needed = len(answers) if rule == "all" else len(answers) // 2 + 1
    return Agreement(bool(places) and len(places) >= needed, vote.answer, places, len(answers))


def _check_rule(rule: str) -> None:
    if rule not in AGREEMENT_RULES:
        raise ValueError(f"rule must be one of {', '.join(AGREEMENT_RULES)}, not {rule!r}")


def _judged(problem: Problem, samples: tuple[Drawn, ...], grader: Grader, rule: AgreementRule) -> Distilled:
    found = agreement([sample.answer for sample in samples], grader, rule, problem.options)
    usable = [place for place in found.places if not samples[place].fault]
    if found.agreed and usable:
        chosen = usable[0]
        reasons = tuple(_beside(sample, place, found, chosen) for place, sample in enumerate(samples))
        answer = samples[chosen].answer or ""
        return Distilled(replace(problem, answer=answer), samples, found, chosen, "", reasons)
    reason = "no solution that ran" if found.agreed else _disagreement(samples, found)
    return Distilled(problem, samples, found, None, reason, tuple(sample.fault or reason for sample in samples))


def _disagreement(samples: Sequence[Drawn], found: Agreement) -> str:
    failed = [sample.fault for sample in samples if sample.fault.startswith("model error")]
    if failed:
        return failed[0]
    return f"{len(found.places)} of {found.voters} agree" if found.places else "no answer"


def _beside(sample: Drawn, place: int, found: Agreement, chosen: int) -> str:
    if place == chosen:
        return ""
    return sample.fault or ("another was chosen" if place in found.places else "another answer")
