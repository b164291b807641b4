"""Replies as models write them, and the computations that are read from them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.translation.parse_reply import Parts, Reply, parse_reply

ONE = Parts((r"f(x) = x^2", "the interval is [0, 3]"), r"\int_0^3 x^2\,dx", "9", "x = 3\nprint(x * x * x / 3)")

FORM = r"""**Conditions Needed:**
1. $f(x) = x^2$
2. the interval is [0, 3]
**Computation Expression:**
$\int_0^3 x^2\,dx$
**Computation Result:**
$9$
**Python Code Snippet:**
```python
x = 3
print(x * x * x / 3)
```
"""

# Ways to write the same computation.
SPELLINGS = {
    "as asked": FORM,
    "Windows line ends": FORM.replace("\n", "\r\n"),
    "no bold": FORM.replace("**", ""),
    "no bold, no colons": FORM.replace(":**", "")
    .replace("**Con", "Con")
    .replace("**Com", "Com")
    .replace("**P", "P"),
    "colon behind the bold": FORM.replace(":**", "**:"),
    "Markdown headings": FORM.replace(":**", "").replace("**C", "### C").replace("**P", "### P"),
    "upper case": FORM.replace("Conditions Needed", "CONDITIONS NEEDED").replace(
        "Computation Res", "COMPUTATION RES"
    ),
    "a heading of its own": f"Here are the computations:\n\n### Computation 1\n\n{FORM}",
    "numbered headings": FORM.replace("**Conditions", "1. **Conditions").replace("**Python", "4. **Python"),
    "bulleted conditions": FORM.replace("1. ", "- ").replace("2. ", "- "),
    "conditions in brackets": FORM.replace("1. ", "(1) ").replace("2. ", "(2) "),
    "a condition on two lines": FORM.replace("interval is", "interval\n   is"),
    "rules between": FORM.replace("**Computation", "\n---\n**Computation"),
    "the last fence forgotten": FORM.rstrip().removesuffix("```"),
    "a fence without language": FORM.replace("```python", "```"),
    "tildes": FORM.replace("```python", "~~~py").replace("```", "~~~"),
    "an indented fence": FORM.replace("```python\nx", "  ```python\n  x").replace("\nprint", "\n  print"),
    "no fence": FORM.replace("```python\n", "").replace("```\n", ""),
    "on one line": FORM.replace("Expression:**\n", "Expression:** ").replace("Result:**\n", "Result:** "),
    "no dollars": FORM.replace("$", ""),
    "display": FORM.replace(r"$\int_0^3 x^2\,dx$", "\\[\n\\int_0^3 x^2\\,dx\n\\]").replace("$9$", r"\(9\)"),
    "a full stop": FORM.replace("$9$", "$9$."),
    "short names": FORM.replace(" Needed", "").replace("Computation ", "").replace("Python Code Snippet", "Code"),
    "a sentence at the end": f"{FORM}\nThese are all the computations of the text.",
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_the_same_computation_however_it_is_written(text: str):
    assert parse_reply(text) == Reply((ONE,))


@pytest.mark.parametrize("keys", [
    ("conditions_needed", "computation_expression", "computation_result", "python_code_snippet"),
    ("Conditions Needed", "Computation Expression", "Computation Result", "Python Code Snippet"),
    ("conditions", "expression", "result", "code"),
])  # fmt: skip
@pytest.mark.parametrize("wrap", [
    lambda row: json.dumps([row]),
    lambda row: json.dumps(row),
    lambda row: json.dumps({"computations": [row]}),
    lambda row: f"```json\n{json.dumps([row], indent=2)}\n```",
    lambda row: f"```json\n{json.dumps(row)}",
])  # fmt: skip
@pytest.mark.parametrize("fence", ["{}", "```python\n{}\n```", "```\n{}"])
def test_json(keys: tuple[str, ...], wrap, fence: str):
    values = (["$f(x) = x^2$", "the interval is [0, 3]"], ONE.expression, "$9$", fence.format(ONE.code))
    assert parse_reply(wrap(dict(zip(keys, values, strict=True)))) == Reply((ONE,))


def test_several_and_what_is_missing():
    second = FORM.replace("$9$", "$10$").replace("1. $f(x) = x^2$\n2. the interval is [0, 3]", "None")
    cut = "**Conditions Needed:**\n1. $r = 3$\n**Computation Expression:**\n$\\pi r^2$\n"
    reply = parse_reply(f"{FORM}\n{second}\n{cut}")
    assert reply.computations == (ONE, Parts((), ONE.expression, "10", ONE.code))
    assert reply.skipped == (("1. $r = 3$", "no computation result, no Python code"),)


def test_a_fence_that_is_forgotten_in_the_middle_hides_nothing():
    reply = parse_reply(FORM.removesuffix("```\n") + "\n" + FORM)
    assert reply == Reply((ONE, ONE))


def test_code_that_looks_like_a_heading_is_code():
    code = "# Result: nothing yet\ndef code(): ...\n# Conditions\nresult = 3\nprint(result)"
    text = FORM.replace(ONE.code, code)
    for spelt in (text, text.replace("```python\n", "").replace("```\n", "")):
        (found,) = parse_reply(spelt).computations
        assert found.code == code


def test_a_kind_is_kept():
    (found,) = parse_reply(
        FORM.replace("**Computation Result", "**Kind:** Integral\n**Computation Result")
    ).computations
    assert found.kind == "integral"


NOTHING = (
    *("", " \n", "NONE", "None.", "**NONE**", "[]", "```json\n[]\n```"),
    *("There are no computations in this text.", "No numerical computations."),
)


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_to_compute_is_no_failure(text: str):
    assert parse_reply(text) == Reply()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I am sorry, I cannot do that.", "the reply has none of the four parts"),
        ("```python\nprint(1)\n```", "the reply has none of the four parts"),
        ("Result: 4", "no computation expression, no Python code"),
        ('{"expression": "1 + 1"}', "no computation result, no Python code"),
        ("[1, 2]", "no computation expression, no computation result, no Python code"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, reason: str):
    reply = parse_reply(text)
    assert reply.computations == ()
    assert {why for _, why in reply.skipped} == {reason}


PIECES = st.sampled_from(
    [*FORM.splitlines(), "```", "~~~", "", "{", "[", "text", "# Result:", "1. ", "Computation 2"]
)


@given(st.lists(PIECES, max_size=20))
def test_every_part_of_any_mixture_is_read_or_told(lines: list[str]):
    reply = parse_reply("\n".join(lines))
    headings = sum(line.startswith("**Python") for line in lines)
    assert len(reply.computations) <= headings
    assert all(parts.expression and parts.result and parts.code for parts in reply.computations)
    assert all(reason for _, reason in reply.skipped)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str):
    parse_reply(text)
