"""One solution as the studio follows it: its blocks with figures, how far it is, and what it answers."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from mathcoder.grading import Vote as Tally
from mathcoder.grading import majority_vote
from mathcoder.solution import Block, Solution
from mathcoder.solving import Check, Delta, Executed, Solved, verified_vote
from mathcoder.solving.verify import WEIGHTS

__all__ = ["Part", "Vote", "tally_json"]

State = Literal["waiting", "running", "checking", "done", "stopped"]


@dataclass(frozen=True, slots=True)
class Part:
    """A block; of an execution also how the code ended, how long it took, and its figures as PNG."""

    block: Block
    status: str = ""
    seconds: float = 0.0
    images: tuple[bytes, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As the page is told it, the figures in base64."""
        row: dict[str, Any] = {"type": self.block.type, "content": self.block.content}
        if self.block.type != "execution":
            return row
        images = [b64encode(image).decode() for image in self.images]
        return row | {"status": self.status, "seconds": self.seconds, "images": images}


@dataclass(slots=True)
class Vote:
    """One of the solutions.

    Attributes:
        parts: the blocks so far.
        open: the last block is still being written.
        answer: what it answers, found as an evaluation finds it.
        check: what the model found when it verified the answer.
    """

    parts: list[Part] = field(default_factory=list[Part])
    state: State = "waiting"
    open: bool = False
    solved: Solved | None = None
    answer: str | None = None
    check: Check | None = None

    def take(self, event: Delta | Executed) -> dict[str, Any]:
        """Follow an event of the solving loop; return what the page is told of it."""
        if isinstance(event, Executed):
            done = event.execution
            part = Part(event.block, done.status, done.seconds, done.images)
            self.parts.append(part)
            self.open = False
            return {"event": "executed", "part": part.to_json()}
        if self.open and self.parts[-1].block.type == event.type:
            self.parts[-1] = Part(Block(event.type, self.parts[-1].block.content + event.text))
        else:
            self.parts.append(Part(Block(event.type, event.text)))
        self.open = True
        return {"event": "delta", "type": event.type, "text": event.text}

    def end(self, solved: Solved, answer: str | None) -> None:
        """The end of the loop. The blocks are as the solution has them, the executions with what is known."""
        executions = iter([part for part in self.parts if part.block.type == "execution"])
        self.parts = [
            replace(next(executions), block=block) if block.type == "execution" else Part(block)
            for block in solved.solution.blocks
        ]
        self.solved, self.answer, self.open = solved, answer, False

    def to_json(self) -> dict[str, Any]:
        """All of it, as the page is told it."""
        solution = self.solved.solution if self.solved else Solution(())
        return {
            "parts": [part.to_json() for part in self.parts],
            "state": self.state,
            "answer": self.answer,
            "ended": solution.ended,
            "note": self.solved.note if self.solved else "",
            "cost": solution.to_json()["cost"],
            "check": None
            if self.check is None
            else {
                "verdict": self.check.verdict,
                "parts": [Part(block).to_json() for block in self.check.solution.blocks],
            },
        }


def tally_json(votes: Sequence[Vote], verify: bool) -> dict[str, Any]:
    """The votes that have ended, those with equivalent answers together, as an evaluation counts them."""
    ended = [number for number, vote in enumerate(votes) if vote.solved is not None]
    answers = [votes[number].answer for number in ended]
    checks = [votes[number].check for number in ended]
    tally: Tally = verified_vote(answers, checks) if verify else majority_vote(answers)
    weights = [WEIGHTS[check.verdict if check else "uncertain"] if verify else 1.0 for check in checks]
    whole = sum(weights)
    return {
        "answer": tally.answer,
        "ended": len(ended),
        "classes": [
            {
                "answer": answers[places[0]],
                "votes": [ended[place] for place in places],
                "share": sum(weights[place] for place in places) / whole,
            }
            for places in tally.classes
        ],
        "without": [number for number, answer in zip(ended, answers, strict=True) if answer is None],
    }
