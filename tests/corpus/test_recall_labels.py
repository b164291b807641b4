"""The seven types: by rules on texts of each kind, and by a model, whatever it replies."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.corpus.recall import Label, ModelLabeller, Unlabelled, label_by_rules, rule_label
from mathcoder.corpus.recall.annotate import BLOCK, block_of, read_reply
from mathcoder.models import Budget, BudgetedModel, CachedModel, RecordedModel

THEOREM = r"""**Theorem.** Let $G$ be a finite group and $H$ a subgroup of $G$. Then $|H|$ divides $|G|$.

*Proof.* The cosets $gH$ partition $G$, and the map $h \mapsto gh$ is a bijection from $H$ to $gH$. Hence every
coset has $|H|$ elements, and $|G| = [G : H] \cdot |H|$."""
WORKED = r"""**Problem.** Find all real solutions of the equation $x^2 - 5x + 6 = 0$.

**Solution.** We have $x^2 - 5x + 6 = (x - 2)(x - 3)$, so the answer is $x = 2$ or $x = 3$. Exercise: solve
$x^2 - 7x + 12 = 0$ and find the sum of its solutions."""
PHYSICS = r"""The kinetic energy of a particle of mass $m$ and velocity $v$ is $E = \frac{1}{2} m v^2$. In a
circuit the current follows from the voltage and the resistance, $I = U / R$; a photon of frequency $f$ has the
energy $hf$, and the pressure and the temperature of a gas obey $pV = nRT$."""
NO_LATEX = """A prime number is an integer greater than one that has no divisor but one and itself. Every integer
is a product of primes, and the proof of this theorem is by induction: an integer that is not prime has a
divisor, the quotient is an integer too, and both are smaller. The sequence of primes is infinite."""
CODE = """A struct groups variables of several types. The compiler checks the types of its fields at compile time.

let user = User { name, email };
println!("{}", user.name);
fn area(rectangle: &Rectangle) -> u32 {
    rectangle.width * rectangle.height
}

Methods are functions of an object; a trait tells the compiler what methods a type has; closures hold variables."""
TOOL = """To install the plugin, download the package and open the settings menu. Click the button "Update" and
choose the directory of the configuration file. The command line has the options listed in the
documentation; login to your account in the browser to change the version."""
NEWS = """The council voted on Tuesday to close the old bridge for repairs. The mayor said that the work would cost
$5 million and take until 2027-05-01, and thanked the residents for their patience. 12 people spoke
against it, $3 a ticket was called too much, and the buses will run every 20 minutes."""


@pytest.mark.parametrize(
    ("text", "types"),
    [
        (THEOREM, {2}),
        (WORKED, {1}),
        (PHYSICS, {3}),
        (NO_LATEX, {2}),
        (CODE, {4, 5}),
        (TOOL, {6}),
        (NEWS, {7}),
        ("", {7}),
        ("Scores: 3 - 2, 21 - 15, 6 - 4. Team A 1 - 0 Team B.", {7}),
        ("Call 555-1234, 10:00 - 18:00, Price: $20 - $30. Add to cart.", {6, 7}),
    ],
)
def test_rules(text: str, types: set[int]) -> None:
    label = rule_label(text)
    assert label.type in types
    assert label.mathematical is (label.type <= 3)
    assert "\n" not in label.why
    assert label_by_rules([text]) == [label]


@pytest.mark.parametrize("unit", ["$", "$x", "\\(", "\\[ ", "1 - ", "a = ", "{\n", "f(", "$$x", "[x].("])
def test_no_text_keeps_the_rules_busy(unit: str) -> None:
    """It would not come to an end in the time that a test has, were a pattern more than linear."""
    assert rule_label(unit * 20_000).type in range(1, 8)


# Replies.


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("Type: 2\nReason: It proves a theorem.", 2),
        ("type: 7", 7),
        ("**Type:** 3\n**Reason:** physics", 3),
        ("**Type: 1**", 1),
        ("Type 4.", 4),
        ("The type is 5.", 5),
        ("The answer is: 6", 6),
        ('{"type": 2, "reason": "definitions"}', 2),
        ("Category: `1`", 1),
        ("2", 2),
        (" (3)", 3),
        ("2. A mathematical concept or theory", 2),
        ("Type: 2 (a mathematical concept or theory). It has 3 lemmas.", 2),
        ("I think this is a mathematical concept or theory.", 2),
        ("Other", 7),
        ("<think>Type: 3? No, there are proofs.</think>\nType: 2", 2),
        ("Type: 2\nReason: proofs\nType: 2", 2),
        ("", None),
        ("I cannot tell.", None),
        ("Type: 8", None),
        ("Type: 0", None),
        ("Type: 12", None),
        ("Type: 2.5", None),
        ("Type: 2 or 3", None),
        ("Type: 2, 3", None),
        ("Types 1-7 are possible.", None),
        ("Type: 2\nType: 5", None),
        ("<think>Type: 3", None),
        ("In 1998 there were 3 of them.", None),
        ("a mathematical concept or theory, or a programming concept or theory", None),
    ],
)
def test_a_reply_states_one_type_or_none(reply: str, kind: int | None) -> None:
    assert read_reply(reply) == kind


@given(st.text(max_size=80))
def test_any_reply_is_read(reply: str) -> None:
    assert read_reply(reply) in {None, *range(1, 8)}


@given(st.lists(st.sampled_from(["\n\n", "$$", "word ", "\\[ x \\]", "A sentence. " * 40, "x" * 3000])))
def test_a_block_is_a_beginning_that_is_not_too_long(pieces: list[str]) -> None:
    text = "".join(pieces)
    block = block_of(text)
    assert len(block) <= BLOCK
    assert text.strip().startswith(block)
    assert bool(block) == bool(text.strip())


# A model.


def test_a_model_labels_and_what_it_does_not_say_is_told() -> None:
    model = RecordedModel(["Type: 2\nReason: a proof", "Type: 7\nReason: news", "Hm.", ""])
    labels = ModelLabeller(model, concurrency=2)([THEOREM, NEWS, WORKED, CODE])
    assert labels == [
        Label(2, "Type: 2 Reason: a proof"),
        Label(7, "Type: 7 Reason: news"),
        Unlabelled("unreadable reply: Hm."),
        Unlabelled("unreadable reply: (empty)"),
    ]
    assert len(model.requests) == 4
    instruction, question = model.requests[0].prompt
    assert THEOREM in question["content"]
    assert "Type:" in instruction["content"]


def test_a_long_text_is_asked_about_in_part() -> None:
    model = RecordedModel(["Type: 2"])
    ModelLabeller(model)([f"{THEOREM}\n\n" * 100])
    (request,) = model.requests
    asked = request.prompt[-1]["content"]
    assert THEOREM in asked
    assert len(asked) < BLOCK + 200


def test_a_model_that_fails_and_a_reply_that_is_cut_off() -> None:
    model = RecordedModel(["Let me look at this passage " * 20])
    first, second = ModelLabeller(model, max_tokens=5, concurrency=1)([THEOREM, NEWS])
    assert first == Unlabelled("the reply was cut off at 5 tokens: Let me look at this")
    assert isinstance(second, Unlabelled)
    assert second.why.startswith("the model failed: 1 replies were recorded")


def test_a_budget_that_is_used_up_stops_the_asking() -> None:
    model = RecordedModel(["Type: 2"] * 9)
    labeller = ModelLabeller(BudgetedModel(model, Budget(max_tokens=10)), concurrency=1)
    labels = labeller([THEOREM, NEWS, CODE])
    assert labels[0] == Label(2, "Type: 2")
    assert all(isinstance(label, Unlabelled) and label.why.startswith("not asked: ") for label in labels[1:])
    assert "budget is used up" in labeller.stopped
    assert len(model.requests) == 1


def test_stored_replies_are_not_asked_for_again(tmp_path: Path) -> None:
    model = RecordedModel(["Type: 2", "Type: 7"])
    for asked in (0, 2):
        labeller = ModelLabeller(CachedModel(model, tmp_path))
        assert [label.type for label in labeller([THEOREM, NEWS]) if isinstance(label, Label)] == [2, 7]
        assert labeller.replayed == asked
    assert len(model.requests) == 2
