"""Losses by kind of block, against cross entropy that is computed by hand."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from watched_training import small_model, small_tokenizer  # noqa: E402

from mathcoder.solution import Block  # noqa: E402
from mathcoder.solving.dialects import DIALECTS  # noqa: E402
from mathcoder.training.block_losses import BlockLosses, block_losses  # noqa: E402
from mathcoder.training.tokenizers import block_tokens  # noqa: E402

pytestmark = pytest.mark.heavy

PROBLEM = "What is 3 + 4?"
BLOCKS = (
    Block("text", "Add."),
    Block("code", "print(3 + 4)"),
    Block("execution", "7"),
    Block("text", r"It is \boxed{7}."),
)
MATHCODER = (  # as the dialect writes them, each piece with whose tokens they are
    ("<|system|><|text|><|endofblock|><|endofmessage|>", None),
    ("<|user|><|text|>What is 3 + 4?<|endofblock|><|endofmessage|><|assistant|>", None),
    ("<|text|>Add.<|endofblock|>", "text"),
    ("<|code|>print(3 + 4)<|endofblock|>", "code"),
    ("<|execution|>7<|endofblock|>", "execution"),
    (r"<|text|>It is \boxed{7}.<|endofblock|><|endofmessage|>", "answer"),
)
WORDS = (
    ("<|system|><|text|><|endofblock|><|endofmessage|>", None),
    ("<|user|><|text|>What is 3 + 4?<|endofblock|><|endofmessage|><|assistant|>", None),
    ("<|text|>Add.<|endofblock|>", "text"),
    (r"<|text|>It is \boxed{7}.<|endofblock|><|endofmessage|>", "answer"),
)


def losses(
    dialect: str, blocks: tuple[Block, ...], context: int = 512, system: str = ""
) -> tuple[Any, Any, list[BlockLosses | str]]:
    tokenizer = small_tokenizer((*block_tokens(dialect), "<|im_end|>"))
    model = small_model(len(tokenizer))
    found = block_losses(model, tokenizer, DIALECTS[dialect](system=system), [(PROBLEM, blocks)], context=context)
    return model, tokenizer, list(found)


def by_hand(model: Any, tokenizer: Any, pieces: Any) -> tuple[dict[str, float], dict[str, int]]:
    """Each token's loss from its probability, one forward pass for each."""
    model.eval()
    ids: list[int] = []
    nats: dict[str, float] = {}
    tokens: dict[str, int] = {}
    for text, kind in pieces:
        for token in tokenizer(text).input_ids:
            if kind:
                with torch.no_grad():
                    scores = model(input_ids=torch.tensor([ids])).logits[0, -1].double()
                nats[kind] = nats.get(kind, 0.0) - float((scores.exp() / scores.exp().sum())[token].log())
                tokens[kind] = tokens.get(kind, 0) + 1
            ids.append(token)
    return nats, tokens


@pytest.mark.parametrize(
    ("blocks", "pieces"), [(BLOCKS, MATHCODER), ((BLOCKS[0], BLOCKS[3]), WORDS)], ids=["code", "words"]
)
def test_each_token_counts_for_its_block(blocks: tuple[Block, ...], pieces: Any) -> None:
    model, tokenizer, [found] = losses("mathcoder", blocks)
    nats, tokens = by_hand(model, tokenizer, pieces)
    assert isinstance(found, BlockLosses)
    assert found.tokens == tokens
    assert found.nats == pytest.approx(nats, rel=1e-5)


def test_all_that_is_learned_is_counted_once() -> None:
    """In Markdown what closes code stands where the output begins; it is the model's own, so it is code."""
    from mathcoder.training.labels import Labeller

    _, tokenizer, [found] = losses("markdown", BLOCKS, system="Solve it.")
    labeller = Labeller(DIALECTS["markdown"](system="Solve it."), tokenizer, context=512)
    [row] = labeller.label([(PROBLEM, BLOCKS)])
    assert isinstance(found, BlockLosses)
    assert not isinstance(row, str)
    own = sum(count for kind, count in found.tokens.items() if kind != "execution")
    assert own == int(row.learned.sum())
    assert set(found.tokens) == {"text", "code", "execution", "answer"}


def test_what_does_not_fit_has_no_loss() -> None:
    model, tokenizer, [found] = losses("mathcoder", BLOCKS, context=50)
    nats, tokens = by_hand(model, tokenizer, MATHCODER[:5])
    assert isinstance(found, BlockLosses)
    assert "answer" not in found.tokens
    assert found.tokens == tokens
    assert found.nats == pytest.approx(nats, rel=1e-5)


def test_too_long_and_wrong_dialect_are_told() -> None:
    *_, [found] = losses("mathcoder", BLOCKS, context=20)
    assert isinstance(found, str)
    assert "too long" in found
    with pytest.raises(ValueError, match="mathcoder or markdown"):
        losses("tools", BLOCKS)
