"""BERT as `transformers` writes it: a folder with `config.json`, the weights, and a tokenizer's files.

Source of the names: transformers 5.24, `models/bert/modeling_bert.py`; `gamma` and `beta` are TensorFlow's, and still
in the files of bert-base-uncased.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import torch
from torch import Tensor

from edge.checkpoints.weights import expect, read_json
from edge.errors import CheckpointError
from edge.model.bert import UNUSED_LAYERS, BertConfig, BertEncoder

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SAFETENSORS, PICKLED = "model.safetensors", "pytorch_model.bin"
CONFIG = "config.json"
TOKENIZER, VOCABULARY, TOKENIZER_CONFIG = "tokenizer.json", "vocab.txt", "tokenizer_config.json"

# Ours on the left. What is a list there is stacked here: one product instead of three.
_EMBEDDING = {
    "embedding.pieces.weight": ["embeddings.word_embeddings.weight"],
    "embedding.norm.weight": ["embeddings.LayerNorm.weight"],
    "embedding.norm.bias": ["embeddings.LayerNorm.bias"],
}
_POSITIONS, _SEGMENTS = "embeddings.position_embeddings.weight", "embeddings.token_type_embeddings.weight"
_LAYER = {
    "query_key_value": ["attention.self.query", "attention.self.key", "attention.self.value"],
    "attended": ["attention.output.dense"],
    "norm_1": ["attention.output.LayerNorm"],
    "widen": ["intermediate.dense"],
    "narrow": ["output.dense"],
    "norm_2": ["output.LayerNorm"],
}


class _Sizes(msgspec.Struct, frozen=True):
    """`config.json`; defaults are those of `transformers.BertConfig`, which leaves them out of old files."""

    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    vocab_size: int
    max_position_embeddings: int = 512
    type_vocab_size: int = 2
    layer_norm_eps: float = 1e-12
    model_type: str = "bert"
    hidden_act: str = "gelu"
    position_embedding_type: str = "absolute"

    def config(self, source: Path) -> BertConfig:
        """Raises `CheckpointError` when it is no BERT as the seven that MeloTTS uses are."""
        for field, known in (("model_type", "bert"), ("hidden_act", "gelu"), ("position_embedding_type", "absolute")):
            if getattr(self, field) != known:
                message = f"{source} says {field} {getattr(self, field)!r}; melo-edge knows BERT with {known!r} only."
                raise CheckpointError(message)
        if self.num_hidden_layers <= UNUSED_LAYERS or self.hidden_size % max(1, self.num_attention_heads):
            message = f"{source} describes no BERT: {self.num_hidden_layers} layers, {self.num_attention_heads} heads."
            raise CheckpointError(message)
        return BertConfig(
            vocabulary=self.vocab_size,
            channels=self.hidden_size,
            filter_channels=self.intermediate_size,
            n_heads=self.num_attention_heads,
            n_layers=self.num_hidden_layers - UNUSED_LAYERS,
            longest=self.max_position_embeddings,
            norm_epsilon=self.layer_norm_eps,
        )


class _Habits(msgspec.Struct, frozen=True):
    """`tokenizer_config.json`, as far as a `vocab.txt` needs it."""

    do_lower_case: bool = True
    strip_accents: bool | None = None
    tokenize_chinese_chars: bool = True
    tokenizer_class: str = "BertTokenizer"


def load_bert(folder: Path) -> BertEncoder:
    """The FP32 encoder in `folder`, without the layers that MeloTTS does not use.

    Raises:
        CheckpointError: a file cannot be read, is of another architecture, or a tensor missing, unknown or misshapen.
    """
    sizes = read_json(folder / CONFIG, _Sizes)
    config = sizes.config(folder / CONFIG)
    encoder = BertEncoder(config).eval()
    names = dict(_names(config.n_layers))
    ours = encoder.state_dict()
    shapes = {
        name: torch.Size([ours[to].size(0) // len(parts), *ours[to].shape[1:]])
        for to, parts in names.items()
        for name in parts
    }
    shapes |= {
        _POSITIONS: torch.Size([config.longest, config.channels]),
        _SEGMENTS: torch.Size([sizes.type_vocab_size, config.channels]),
    }
    layers = "|".join(str(config.n_layers + i) for i in range(UNUSED_LAYERS))
    unused = re.compile(rf"cls\.|pooler\.|embeddings\.position_ids$|encoder\.layer\.({layers})\.")
    tensors = expect(_read_tensors(folder), shapes, unused, f"The BERT {folder}")
    state = {to: torch.cat([tensors[name] for name in parts]) for to, parts in names.items()}
    state["embedding.positions"] = tensors[_POSITIONS] + tensors[_SEGMENTS][0]
    encoder.load_state_dict(state)
    return encoder.requires_grad_(requires_grad=False)


def _names(n_layers: int) -> Iterator[tuple[str, list[str]]]:
    """Ours, and of what it is made."""
    yield from _EMBEDDING.items()
    for i in range(n_layers):
        for to, parts in _LAYER.items():
            for kind in ("weight", "bias"):
                yield f"layers.{i}.{to}.{kind}", [f"encoder.layer.{i}.{part}.{kind}" for part in parts]


def _read_tensors(folder: Path) -> dict[str, Tensor]:
    path = weights_in(folder)
    try:
        tensors = _load(path)
    except Exception as error:  # an unpickler that reads garbage fails in every way there is
        message = f"{path} is not a whole file of tensors: {str(error).strip().splitlines()[0]}"
        raise CheckpointError(message) from error
    return {_plain(name): tensor for name, tensor in tensors.items()}


def weights_in(folder: Path) -> Path:
    """The file of weights. Raises `CheckpointError` when there is none."""
    for name in (SAFETENSORS, PICKLED):
        if (folder / name).is_file():
            return folder / name
    message = f"{folder} has no {SAFETENSORS} and no {PICKLED}. A BERT is a folder as `transformers` saves it."
    raise CheckpointError(message)


def _load(path: Path) -> dict[str, Tensor]:
    if path.name == SAFETENSORS:
        from safetensors.torch import load_file

        return load_file(path)
    tensors = torch.load(path, map_location="cpu", weights_only=True)
    return {name: tensor for name, tensor in tensors.items() if isinstance(tensor, Tensor)}


def _plain(name: str) -> str:
    name = name.removeprefix("bert.")
    return name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer in `folder`: its `tokenizer.json`, or made of its `vocab.txt`. It neither pads nor cuts off.

    Raises:
        CheckpointError: there is neither, or it is damaged.
    """
    from tokenizers import Tokenizer

    path = folder / TOKENIZER
    try:
        tokenizer = Tokenizer.from_file(str(path)) if path.is_file() else _from_vocabulary(folder)
    except Exception as error:  # the library raises nothing more exact
        message = f"The tokenizer in {folder} cannot be read: {error}. It needs {TOKENIZER} or {VOCABULARY}."
        raise CheckpointError(message) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _from_vocabulary(folder: Path) -> Tokenizer:
    """As `transformers` makes a fast tokenizer of a slow one's files."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    path = folder / TOKENIZER_CONFIG
    habits = read_json(path, _Habits) if path.is_file() else _Habits()
    vocabulary = models.WordPiece.read_file(str(folder / VOCABULARY))
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106  (a piece, no secret)
    # The Japanese one cuts words by MeCab, which is the frontend's part; ideographs stay together in it.
    is_japanese = habits.tokenizer_class == "BertJapaneseTokenizer"
    tokenizer.normalizer = normalizers.BertNormalizer(
        handle_chinese_chars=habits.tokenize_chinese_chars and not is_japanese,
        strip_accents=False if is_japanese else habits.strip_accents,
        lowercase=habits.do_lower_case and not is_japanese,
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens([piece for piece in ("[UNK]", "[CLS]", "[SEP]", "[PAD]") if piece in vocabulary])
    return tokenizer
