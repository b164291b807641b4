"""A model of transformers that is asked in this process, and is lent out while it trains."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from packed_training import BASE, CONFIG  # noqa: E402
from packed_training import small_model as packed_model  # noqa: E402
from watched_training import small_model, small_tokenizer  # noqa: E402

from mathcoder.models import Chunk, ModelError, Request  # noqa: E402
from mathcoder.training.model import with_lora  # noqa: E402
from mathcoder.training.recipe import LoraPart  # noqa: E402
from mathcoder.training.solving_model import TransformersModel, generating  # noqa: E402

pytestmark = pytest.mark.heavy

TEXT = "<|im_start|>assistant\nIt is 3 + 4 = 7, é. <|im_end|>"


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return small_tokenizer()


@pytest.fixture(scope="module")
def knows_text(tokenizer: Any) -> Iterator[Any]:
    """A model that has learned one text by heart."""
    model = small_model(len(tokenizer) + 5)  # with rows that are no tokens
    ids = torch.tensor([tokenizer(TEXT).input_ids])
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(150):
        model(input_ids=ids, labels=ids).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return model.eval()


def asked(model: TransformersModel, prompt: Any = "<|im_start|>assistant\n", **options: Any) -> list[Chunk]:
    async def all_of() -> list[Chunk]:
        return [chunk async for chunk in model.stream(Request(prompt, **options))]

    return asyncio.run(all_of())


def text(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks)


def test_a_reply_ends_at_the_token_that_ends_it(knows_text: Any, tokenizer: Any) -> None:
    chunks = asked(TransformersModel(knows_text, tokenizer))
    assert text(chunks) == "It is 3 + 4 = 7, é. "
    last = chunks[-1]
    assert (last.finish_reason, last.stop, last.prompt_tokens) == ("stop", None, 11)
    assert last.completion_tokens == len(tokenizer("It is 3 + 4 = 7, é. ").input_ids) + 1
    assert all(chunk.finish_reason is None for chunk in chunks[:-1])


def test_stop_strings_may_be_text_or_the_last_token(knows_text: Any, tokenizer: Any) -> None:
    model = TransformersModel(knows_text, tokenizer)
    chunks = asked(model, stop=("+ 4 =",))
    assert (text(chunks), chunks[-1].finish_reason, chunks[-1].stop) == ("It is 3 ", "stop", "+ 4 =")
    chunks = asked(model, stop=("<|im_end|>",))
    assert (text(chunks), chunks[-1].finish_reason, chunks[-1].stop) == (
        "It is 3 + 4 = 7, é. ",
        "stop",
        "<|im_end|>",
    )


def test_a_limit_may_cut_a_character(knows_text: Any, tokenizer: Any) -> None:
    chunks = asked(TransformersModel(knows_text, tokenizer), max_tokens=18)
    assert text(chunks) == "It is 3 + 4 = 7, �"
    assert (chunks[-1].finish_reason, chunks[-1].completion_tokens) == ("length", 18)


def test_what_might_be_a_stop_string_is_shown_at_the_end(knows_text: Any, tokenizer: Any) -> None:
    chunks = asked(TransformersModel(knows_text, tokenizer), max_tokens=7, stop=("3 + 5",))
    assert text(chunks) == "It is 3"


def test_greedy_is_what_transformers_generates(tokenizer: Any) -> None:
    model = small_model(len(tokenizer)).eval()
    ids = torch.tensor([tokenizer("What is 2 + 2?").input_ids])
    expected = model.generate(ids, max_new_tokens=20, do_sample=False, pad_token_id=0)[0, ids.shape[1] :]
    found = text(asked(TransformersModel(model, tokenizer), "What is 2 + 2?", max_tokens=20))
    assert found == tokenizer.decode(expected)


def test_samples_depend_on_their_seed_alone(tokenizer: Any) -> None:
    model = TransformersModel(small_model(len(tokenizer)).eval(), tokenizer)
    draws = [text(asked(model, temperature=1.0, seed=seed, max_tokens=20)) for seed in (1, 2, 1)]
    assert draws[0] == draws[2] != draws[1]
    greedy = text(asked(model, max_tokens=20))
    assert text(asked(model, temperature=5.0, top_p=1e-6, max_tokens=20)) == greedy


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"tools": ({"type": "function"},)}, "calls no tools"),
        ({"logprobs": 2}, "no log-probabilities"),
        ({"prompt": ""}, "prompt is empty"),
        ({"prompt": "a" * 2048}, "its context is 2,048"),
        ({"prompt": [{"role": "user", "content": "hello"}]}, "chat_template|chat template"),
    ],
)
def test_what_it_cannot_do_is_said_in_one_line(tokenizer: Any, options: dict[str, Any], says: str) -> None:
    model = TransformersModel(small_model(len(tokenizer)).eval(), tokenizer)
    with pytest.raises(ModelError, match=says) as error:
        asked(model, **options)
    assert "\n" not in str(error.value)


def test_chat_messages_go_through_the_template(knows_text: Any) -> None:
    tokenizer = small_tokenizer()
    tokenizer.chat_template = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    chunks = asked(TransformersModel(knows_text, tokenizer), [{"role": "user", "content": "hello"}])
    assert text(chunks) == "It is 3 + 4 = 7, é. "


def test_a_closed_model_answers_no_more(knows_text: Any, tokenizer: Any) -> None:
    model = TransformersModel(knows_text, tokenizer)
    asyncio.run(model.aclose())
    with pytest.raises(ModelError, match="closed"):
        asked(model)


def test_a_model_that_broke_says_so(tokenizer: Any) -> None:
    model = small_model(len(tokenizer)).eval()
    with torch.no_grad():
        model.lm_head.weight.fill_(float("nan"))
    with pytest.raises(ModelError, match="no numbers"):
        asked(TransformersModel(model, tokenizer))


def test_a_model_that_was_lent_out_is_as_it_was(tokenizer: Any) -> None:
    model = small_model(len(tokenizer), attn_implementation="eager").train()
    model.model.layers[0].eval()  # somebody's own choice
    modes = [module.training for module in model.modules()]
    states = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()

    def used() -> None:
        with generating(model):
            assert not model.training
            assert model.config._attn_implementation == "sdpa"
            asked(TransformersModel(model, tokenizer), max_tokens=3)
            assert torch.is_grad_enabled()
            random.random(), np.random.rand(), torch.rand(1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        used()
    assert [module.training for module in model.modules()] == modes
    assert model.config._attn_implementation == "eager"
    assert random.getstate() == states[0]
    assert np.random.get_state()[1].tolist() == states[1]
    assert torch.equal(torch.get_rng_state(), states[2])


@pytest.mark.parametrize("tied", [True, False])
def test_trained_rows_are_put_in_and_taken_out_exactly(tied: bool) -> None:
    config = {**CONFIG, "tie_word_embeddings": tied}
    model = with_lora(packed_model(BASE.model_copy(update={"config": config})), LoraPart(rank=2), [3, 5])
    for name, parameter in model.named_parameters():
        if "trainable_tokens_delta" in name:
            parameter.data += 1.0
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    ids = torch.tensor([[3, 4, 5]])
    with torch.no_grad():
        alone = model.eval()(input_ids=ids).logits
        with generating(model):
            lent = model(input_ids=ids).logits
        after = model.eval()(input_ids=ids).logits
    assert torch.allclose(lent, alone, atol=1e-5)
    assert torch.equal(after, alone)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
