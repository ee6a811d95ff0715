"""BERT for a MeloTTS voice: where it comes from, and its way into the bundle in INT8."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from edge.build.describe import Description
from edge.build.progress import Progress
from edge.build.sentences import sentences
from edge.build.sources import Source
from edge.checkpoints import read_melo_config
from edge.checkpoints.bert import (
    CONFIG,
    PICKLED,
    SAFETENSORS,
    TOKENIZER_CONFIG,
    VOCABULARY,
    load_bert,
    load_tokenizer,
    weights_in,
)
from edge.errors import BundleError, CheckpointError
from edge.int8.bert import BertConverter
from edge.model.bert import BertEncoder
from edge.model.text_encoder import JA_BERT_CHANNELS
from edge.text import Frontend, frontend
from edge.text.bert import MARKS, Bert, Wordpieces, aligned, refuse_misfit, windows_of, words_of
from edge.voice import BertEntry, FileEntry
from edge.voice.bundle import BERT, TOKENIZER

# What MeloTTS's voices were trained with, by upstream's text/*_bert.py.
OFFICIAL = {
    "EN": "bert-base-uncased",
    "ES": "dccuchile/bert-base-spanish-wwm-uncased",
    "FR": "dbmdz/bert-base-french-europeana-cased",
    "JP": "tohoku-nlp/bert-base-japanese-v3",
    "KR": "kykim/bert-kor-base",
    "ZH_MIX_EN": "bert-base-multilingual-uncased",
}

_ON_HUB = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?(@\w[\w.-]*)?")
"""`NAME` or `OWNER/NAME`, and a revision."""

_FILES = f"{CONFIG}, {SAFETENSORS} or {PICKLED}, and {TOKENIZER} or {VOCABULARY}"

COSINE = 0.999
"""Every piece's features must be as near as this to FP32's."""


@dataclass(frozen=True)
class BertSource:
    """A BERT on disk."""

    name: str
    folder: Path
    origin: str


class BertCost(NamedTuple):
    """What BERT's features cost on the build machine, in the bundle and in FP32."""

    size: int
    fp32_size: int
    """Bytes; in FP32 of the layers that are used."""
    seconds: float
    fp32_seconds: float
    """Median of the held-out sentences."""


class Added(NamedTuple):
    """BERT in a bundle."""

    bert: Bert
    entry: BertEntry
    cost: BertCost


def choose(source: Source, language: str, bert: str, *, without: bool) -> str:
    """Which BERT to build in, a folder or a hub's name; empty: none.

    Args:
        source: the voice.
        language: the voice's.
        bert: what was asked for; empty: nothing.
        without: whether to do without where the voice was trained with one.

    Raises:
        CheckpointError: the voice takes none and was to get one, or wants one and nobody said which, or that none.
    """
    if source.is_piper or read_melo_config(source.config).data.disable_bert:
        if bert:
            reason = "is a Piper voice" if source.is_piper else "has disable_bert in its configuration"
            message = f"{source.weights.name} takes no BERT features: it {reason}. Leave out --bert."
            raise CheckpointError(message)
        return ""
    if bert or without:
        return bert
    message = (
        f"{source.weights.name} was trained with features of BERT. Give --bert {OFFICIAL[language]}, or the folder "
        "that holds it, or --no-bert to build a smaller voice that speaks from the symbols alone."
    )
    raise CheckpointError(message)


def find(bert: str) -> BertSource:
    """The BERT called `bert`: a folder, or `NAME[@REVISION]` on the model hub.

    Raises:
        CheckpointError: it is neither, or cannot be fetched.
    """
    if Path(bert).is_dir():
        return BertSource(Path(bert).resolve().name, Path(bert), "local files")
    if not _ON_HUB.fullmatch(bert):
        message = f"There is no folder {bert}, and the model hub has no such names. Give a folder with {_FILES}."
        raise CheckpointError(message)
    name, _, revision = bert.partition("@")
    from huggingface_hub import HfApi, hf_hub_download

    try:
        info = HfApi().model_info(name, revision=revision or "main")
        there = {sibling.rfilename for sibling in info.siblings or ()}
        weights = SAFETENSORS if SAFETENSORS in there else PICKLED
        wanted = [CONFIG, weights, *sorted({TOKENIZER, VOCABULARY, TOKENIZER_CONFIG} & there)]
        paths = [Path(hf_hub_download(name, file, revision=info.sha)) for file in wanted]
    except Exception as error:  # of whichever HTTP library this version of huggingface_hub uses
        message = (
            f"There is no folder {bert}, and the BERT of that name could not be fetched: {error}. Connect this "
            f"machine, or give a folder with {_FILES}."
        )
        raise CheckpointError(message) from error
    return BertSource(name, paths[0].parent, f"{name}@{info.sha}")


def add_bert(
    folder: Path, source: BertSource, description: Description, progress: Progress, data: Path | None = None
) -> Added:
    """Writes `bert.ts` and `tokenizer.json` into `folder`; `data` is the frontend's.

    Raises:
        CheckpointError: the source is damaged, no BERT, or not as wide as the language's voices take it.
        BundleError: the tokenizer does not fit the BERT.
        MissingFrontendError: what reads the voice's language, or `tokenizers`, is not installed.
    """
    progress.step(f"Loading BERT {source.name}")
    encoder = load_bert(source.folder)
    _refuse_width(encoder, description.language, source)
    load_tokenizer(source.folder).save(str(folder / TOKENIZER))
    wordpieces = Wordpieces(folder / TOKENIZER)
    refuse_misfit(wordpieces.size, encoder.vocabulary)
    read = frontend(description.frontend, data)
    calibration, held_out = (
        [ids for text in texts for ids in _ids(read, text, wordpieces, encoder.longest)]
        for texts in sentences(description.language)
    )
    progress.step("Converting BERT to INT8")
    fp32_size = sum(weight.numel() * weight.element_size() for weight in encoder.parameters())
    wanted, fp32_seconds = _timed(encoder, held_out)
    converter = BertConverter(encoder, calibration)
    cosines = _cosines(encoder, held_out, wanted)
    while float(cosines.min()) < COSINE and converter.relieve():
        cosines = _cosines(encoder, held_out, wanted)
    torch.jit.save(torch.jit.script(encoder), str(folder / BERT))
    entry = BertEntry(
        origin=source.origin,
        weights_sha256=FileEntry.of(weights_in(source.folder)).sha256,
        channels=encoder.channels,
        layers=len(encoder.layers),
        products_int8=converter.in_int8,
        products_float=converter.in_float,
        cosine_mean=round(float(cosines.mean()), 6),
        cosine_worst=round(float(cosines.min()), 6),
    )
    model = torch.jit.load(str(folder / BERT)).eval()
    size = sum((folder / name).stat().st_size for name in (BERT, TOKENIZER))
    cost = BertCost(size, fp32_size, _timed(model, held_out)[1], fp32_seconds)
    return Added(Bert(model, wordpieces), entry, cost)


def refuse_loss(entry: BertEntry | None) -> None:
    """Raises `BundleError` when BERT's features are too far from FP32's."""
    if entry is not None and entry.cosine_worst < COSINE:
        message = (
            f"BERT in 8 bits is too far from FP32: of some piece the cosine is {entry.cosine_worst:.4f}, and must be "
            f"{COSINE:g}. Build with --no-bert, or with --allow-quality-loss to keep it."
        )
        raise BundleError(message)


def _refuse_width(encoder: BertEncoder, language: str, source: BertSource) -> None:
    if encoder.channels != JA_BERT_CHANNELS:
        message = (
            f"The BERT {source.folder} gives {encoder.channels} features, but a MeloTTS voice for {language} takes "
            f"{JA_BERT_CHANNELS}. It was trained with {OFFICIAL[language]}."
        )
        raise CheckpointError(message)


def _ids(read: Frontend, text: str, wordpieces: Wordpieces, longest: int) -> list[Tensor]:
    phonemes = read(text)
    if len(words_of(phonemes)) + MARKS != len(phonemes.word2ph):
        message = (
            f"The text frontend does not say which word each symbol of {phonemes.normalized!r} belongs to, so that "
            "BERT's features have no place. Build with --no-bert."
        )
        raise CheckpointError(message)
    return windows_of(aligned(phonemes, wordpieces)[0], wordpieces, longest)


def _timed(encoder: Callable[[Tensor], Tensor], texts: Iterable[Tensor]) -> tuple[list[Tensor], float]:
    """Features of each text, and the median of the seconds that they take."""
    features, seconds = [], []
    with torch.inference_mode():
        for ids in texts:
            begun = time.perf_counter()
            features.append(encoder(ids))
            seconds.append(time.perf_counter() - begun)
    return features, statistics.median(seconds)


def _cosines(encoder: BertEncoder, texts: Sequence[Tensor], wanted: Sequence[Tensor]) -> Tensor:
    with torch.inference_mode():
        rows = [F.cosine_similarity(encoder(ids), rows, dim=1) for ids, rows in zip(texts, wanted, strict=True)]
    return torch.cat(rows)
