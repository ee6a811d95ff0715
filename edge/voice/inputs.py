"""Phonemes as the tensors that a model starts with."""

from __future__ import annotations

import torch
from torch import Tensor

from edge.errors import TextError
from edge.model.text_encoder import BERT_CHANNELS, JA_BERT_CHANNELS
from edge.text import Phonemes
from edge.voice.manifest import LanguageIds, SymbolTable

Inputs = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]
"""symbols, tones, languages `(1, L)` int64; bert `(1, 1024, L)`; ja_bert `(1, 768, L)`; speaker `(1,)`."""


def model_inputs(
    phonemes: Phonemes, table: SymbolTable, languages: dict[str, LanguageIds], speaker_id: int
) -> Inputs:
    """Phonemes as the tensors that `Synthesizer.encode` starts with; BERT features are zeros.

    Raises:
        TextError: the voice knows none of the symbols.
    """
    symbols, tones, places = list(table.prefix), [0] * len(table.prefix), [0] * len(table.prefix)
    blanks = [0] * len(table.blank)
    for symbol, tone, language in zip(phonemes.symbols, phonemes.tones, phonemes.languages, strict=True):
        ids = table.ids.get(symbol, ())
        place = languages.get(language, LanguageIds(0, 0))
        if ids:
            symbols += (*ids, *table.blank)
            tones += [tone + place.tone_start] * len(ids) + blanks
            places += [place.id] * len(ids) + blanks
    if len(symbols) == len(table.prefix):
        message = f"The voice knows none of the sounds of {phonemes.normalized!r}."
        raise TextError(message)
    end = [0] * len(table.suffix)
    return (
        torch.tensor([symbols + list(table.suffix)]),
        torch.tensor([tones + end]),
        torch.tensor([places + end]),
        torch.zeros(1, BERT_CHANNELS, len(symbols) + len(end)),
        torch.zeros(1, JA_BERT_CHANNELS, len(symbols) + len(end)),
        torch.tensor([speaker_id]),
    )
