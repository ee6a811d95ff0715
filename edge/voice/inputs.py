"""Phonemes as the tensors that a model starts with."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from edge.errors import TextError
from edge.model.text_encoder import BERT_CHANNELS, JA_BERT_CHANNELS
from edge.text import Frontend, Phonemes, frontend
from edge.text.inline import Alphabet, WithPhones
from edge.voice.manifest import LanguageIds, SymbolTable

Inputs = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]
"""symbols, tones, languages `(1, L)` int64; bert `(1, 1024, L)`; ja_bert `(1, 768, L)`; speaker `(1,)`."""


def reader(name: str, data: Path | None, table: SymbolTable) -> Frontend:
    """The frontend called `name`, which reads its `data`, and phones in the text that are in the voice's `table`."""
    return WithPhones(frontend(name, data), Alphabet.of(name, table.ids))


def model_inputs(
    phonemes: Phonemes,
    table: SymbolTable,
    languages: dict[str, LanguageIds],
    speaker_id: int,
    features: Tensor | None = None,
) -> Inputs:
    """Phonemes as the tensors that `Synthesizer.encode` starts with.

    `features` are BERT's for each symbol, `(1024, n)` or `(768, n)`, which says where they go; the other, or without
    any both, are zeros. A blank has the features of the symbol before it, and the first those of the first symbol:
    upstream's `get_text_for_tts_infer`.

    Raises:
        TextError: the voice knows none of the symbols.
    """
    symbols, tones, places = list(table.prefix), [0] * len(table.prefix), [0] * len(table.prefix)
    columns = [0] * len(table.prefix)
    blanks = [0] * len(table.blank)
    for i, (symbol, tone, language) in enumerate(
        zip(phonemes.symbols, phonemes.tones, phonemes.languages, strict=True)
    ):
        ids = table.ids.get(symbol, ())
        place = languages.get(language, LanguageIds(0, 0))
        if ids:
            symbols += (*ids, *table.blank)
            tones += [tone + place.tone_start] * len(ids) + blanks
            places += [place.id] * len(ids) + blanks
            columns += [i] * (len(ids) + len(blanks))
    if len(symbols) == len(table.prefix):
        message = f"The voice knows none of the sounds of {phonemes.normalized!r}."
        raise TextError(message)
    end = [0] * len(table.suffix)
    columns += [len(phonemes.symbols) - 1] * len(end)
    return (
        torch.tensor([symbols + list(table.suffix)]),
        torch.tensor([tones + end]),
        torch.tensor([places + end]),
        _spread(features, columns, BERT_CHANNELS),
        _spread(features, columns, JA_BERT_CHANNELS),
        torch.tensor([speaker_id]),
    )


def _spread(features: Tensor | None, columns: list[int], channels: int) -> Tensor:
    if features is None or features.size(0) != channels:
        return torch.zeros(1, channels, len(columns))
    return features[:, columns].unsqueeze(0)
