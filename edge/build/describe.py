"""What a voice's own configuration says, as the manifest says it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edge.build.sources import Source, melo_language
from edge.checkpoints import MeloConfig, PiperConfig, read_melo_config, read_piper_config
from edge.errors import CheckpointError
from edge.voice import LanguageIds, Scales, SymbolTable

# MeloTTS's config.json does not hold these: upstream's text/symbols.py does.
MELO_LANGUAGES = {
    "JP": LanguageIds(1, 6),
    "EN": LanguageIds(2, 7),
    "ZH_MIX_EN": LanguageIds(3, 0),
    "KR": LanguageIds(4, 11),
    "ES": LanguageIds(5, 12),
    "FR": LanguageIds(6, 13),
}

# The defaults of upstream's `TTS.tts_to_file`.
MELO_SCALES = Scales(noise_scale=0.6, noise_scale_w=0.8, length_scale=1.0, sdp_ratio=0.2)


@dataclass(frozen=True)
class Description:
    """The part of a manifest that the voice's configuration decides."""

    language: str
    frontend: str
    sample_rate: int
    symbols: SymbolTable
    languages: dict[str, LanguageIds]
    speakers: dict[str, int]
    scales: Scales


def describe(source: Source) -> Description:
    """Reads the source's configuration.

    Raises:
        CheckpointError: it is damaged, or asks for what melo-edge cannot give.
    """
    if source.is_piper:
        return _piper(read_piper_config(source.config))
    return _melo(read_melo_config(source.config), source.language)


def _piper(config: PiperConfig) -> Description:
    if config.phoneme_type != "espeak":
        message = f"This Piper voice takes {config.phoneme_type!r} phonemes; melo-edge knows those of espeak only."
        raise CheckpointError(message)
    ids = {symbol: tuple(numbers) for symbol, numbers in config.phoneme_id_map.items()}
    blank, begin, end = ids.pop("_", ()), ids.pop("^", ()), ids.pop("$", ())
    return Description(
        language=config.language.code or config.espeak.voice,
        frontend=f"espeak:{config.espeak.voice}",
        sample_rate=config.audio.sample_rate,
        symbols=SymbolTable(ids, prefix=begin + blank, blank=blank, suffix=end),
        languages={},
        speakers=config.speaker_id_map,
        scales=Scales(
            noise_scale=config.inference.noise_scale,
            noise_scale_w=config.inference.noise_w,
            length_scale=config.inference.length_scale,
            sdp_ratio=1.0,
        ),
    )


def _melo(config: MeloConfig, language: str) -> Description:
    place = MELO_LANGUAGES.get(language)
    if place is None:
        known = ", ".join(MELO_LANGUAGES)
        message = f"A MeloTTS checkpoint needs --language, one of {known}; got {language or 'none'}."
        raise CheckpointError(message)
    if place.id >= config.num_languages or place.tone_start >= config.num_tones:
        sizes = f"{config.num_languages} languages and {config.num_tones} tones"
        message = f"The configuration has {sizes}: too few for {language}."
        raise CheckpointError(message)
    _refuse_others_speakers(config.data.spk2id, language)
    blank = (0,) if config.data.add_blank else ()
    return Description(
        language=language,
        frontend=language,
        sample_rate=config.data.sampling_rate,
        symbols=SymbolTable(
            {symbol: (i,) for i, symbol in enumerate(config.symbols)}, prefix=blank, blank=blank, suffix=()
        ),
        languages={language: place},
        speakers=config.data.spk2id,
        scales=MELO_SCALES,
    )


def _refuse_others_speakers(speakers: dict[str, int], language: str) -> None:
    """Every official voice has the same symbols, but its speakers are called as its language: ES, EN-US, EN_INDIA."""
    theirs = {melo_language(re.split("[-_]", name)[0]) for name in speakers}
    if len(theirs) == 1 and theirs < MELO_LANGUAGES.keys() and language not in theirs:
        [other] = theirs
        message = (
            f"The configuration's speakers are {', '.join(speakers)}: a voice for {other}, not for {language}. "
            f"Give --language {other}, or other names to the speakers in spk2id."
        )
        raise CheckpointError(message)
