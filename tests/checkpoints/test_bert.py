"""BERT's weights and tokenizers, as `transformers` writes and reads them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from edge.checkpoints.bert import load_bert, load_tokenizer
from edge.errors import CheckpointError
from tests.berts import VOCABULARY, random_bert, wanted, write_bert


@pytest.fixture(scope="module")
def model() -> Any:
    return random_bert()


@pytest.fixture(scope="module")
def saved(model: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("bert"), model)


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """To be changed."""
    return Path(shutil.copytree(saved, tmp_path / "bert"))


def change_tensors(folder: Path, change: Any) -> None:
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")


def change_config(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize("n", [2, 3, 17, 40])
def test_features_are_those_that_transformers_gives(saved: Path, model: Any, n: int) -> None:
    ids = torch.randint(5, 343, (1, n), generator=torch.Generator().manual_seed(n))
    encoder = load_bert(saved)
    assert len(encoder.layers) == 10
    torch.testing.assert_close(encoder(ids), wanted(model, ids), rtol=0, atol=2e-5)


def test_names_of_old_files_are_known(folder: Path, saved: Path) -> None:
    """As in bert-base-uncased: a pickle, TensorFlow's names, positions' ids and the pooler."""
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    old = {
        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): tensor
        for name, tensor in tensors.items()
    }
    old |= {"bert.embeddings.position_ids": torch.arange(40)[None], "bert.pooler.dense.weight": torch.zeros(96, 96)}
    torch.save(old, folder / "pytorch_model.bin")
    for ours, theirs in zip(load_bert(folder).parameters(), load_bert(saved).parameters(), strict=True):
        assert torch.equal(ours, theirs)


QUERY = "bert.encoder.layer.3.attention.self.query.weight"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda tensors: tensors.pop(QUERY), "lacks encoder.layer.3.attention.self.query.weight"),
        (lambda tensors: tensors.update({"bert.extra": torch.zeros(1)}), "does not know: extra"),
        (lambda tensors: tensors.update({QUERY: torch.zeros(96, 95)}), "has shape"),
        (lambda tensors: tensors.update({QUERY: torch.full((96, 96), float("nan"))}), "no finite numbers"),
    ],
)
def test_a_tensor_that_is_not_as_it_must_be_is_named(folder: Path, change: Any, complaint: str) -> None:
    change_tensors(folder, change)
    with pytest.raises(CheckpointError, match=complaint):
        load_bert(folder)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"model_type": "roberta"}, "model_type 'roberta'"),
        ({"hidden_act": "relu"}, "hidden_act 'relu'"),
        ({"position_embedding_type": "relative_key"}, "position_embedding_type"),
        ({"num_hidden_layers": 2}, "2 layers"),
        ({"num_attention_heads": 5}, "5 heads"),
        ({"hidden_size": "wide"}, "hidden_size"),
    ],
)
def test_another_architecture_is_refused(folder: Path, changes: dict[str, Any], complaint: str) -> None:
    change_config(folder, **changes)
    with pytest.raises(CheckpointError, match=complaint):
        load_bert(folder)


@pytest.mark.parametrize("content", [None, b"", b"garbage" * 10])
def test_missing_or_damaged_weights_are_one_sentence(folder: Path, content: bytes | None) -> None:
    (folder / "model.safetensors").unlink()
    if content is not None:
        (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"model\.safetensors"):
        load_bert(folder)


# What BERT's tokenizers of MeloTTS's languages differ in.
HABITS = [
    {"do_lower_case": True},
    {"do_lower_case": True, "strip_accents": False},
    {"do_lower_case": False},
    {"do_lower_case": False, "strip_accents": False},
    {"do_lower_case": True, "tokenize_chinese_chars": False},
]
TEXTS = ["Battery at 15%. Connect it!", "Beyoncé's JALAPEÑO, ça va?", "你好 ab", "x86 [UNK] C#", "", " — ", "\u200b"]


@pytest.mark.parametrize("habits", HABITS, ids=str)
def test_a_vocabulary_cuts_as_transformers_does(folder: Path, habits: dict[str, Any]) -> None:
    from transformers import BertTokenizer

    letters = [mark + letter for letter in "ABCabcdefghijklmnopqrstuvwxyzñéçãÉ你好" for mark in ("", "##")]
    pieces = dict.fromkeys([*VOCABULARY.read_text().split(), *letters])
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps(habits))
    ours = load_tokenizer(folder)
    theirs = BertTokenizer(str(folder / "vocab.txt"), **habits)
    for text in TEXTS:
        assert ours.encode(text, add_special_tokens=False).tokens == theirs.tokenize(text)


def test_a_tokenizer_that_cuts_off_and_pads_no_longer_does(folder: Path) -> None:
    tokenizer = load_tokenizer(folder)
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=100)
    tokenizer.save(str(folder / "tokenizer.json"))
    assert len(load_tokenizer(folder).encode("the the the the the the", add_special_tokens=False).ids) == 6


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"version": "1.0"}'])
def test_a_missing_or_damaged_tokenizer_is_one_sentence(folder: Path, content: bytes | None) -> None:
    (folder / "vocab.txt").unlink()
    if content is not None:
        (folder / "tokenizer.json").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"tokenizer\.json or vocab\.txt"):
        load_tokenizer(folder)
