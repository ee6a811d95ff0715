"""Text in, PCM out: a voice ready to speak."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.jit._fuser import optimized_execution

from edge.errors import RequestError, TextError
from edge.phrase_files import Pcm
from edge.phrases import Phrase, PhraseCache
from edge.text import Frontend, Phonemes, lexicon
from edge.text.bert import Bert
from edge.text.emoji import name_emoji, skip_emoji
from edge.text.inline import Alphabet
from edge.text.lexicon import Lexicon
from edge.text.sentences import split
from edge.voice import Inputs, Manifest, model_inputs, open_bundle

MIN_SPEED, MAX_SPEED = 0.25, 4.0
MAX_SEED = 2**63 - 1
"""What `torch.manual_seed` takes."""
SENTENCE_SILENCE = 0.15
"""Seconds between two sentences at speed 1."""


class Blocks(NamedTuple):
    """How many frames of latent, 11.6 ms each, become sound at once. Few lengths: each is a shape to be warmed up."""

    first: tuple[int, ...]
    rest: int


FINE = Blocks((8, 8, 16), 32)
"""The shortest comes twice: a device that needs 0.5 s for a second of sound has the next block before the last was
heard, and for what is slower `Pace` waits. And whoever has become urgent waits for the end of a block."""
COARSE = Blocks((8,), 64)
"""For a device that is fast with a voice: there it is the number of blocks that costs. Each is sixty calls of layers,
and has all weights read again. No longer than this: with 96 frames, a dozen half-made sentences kept 180 MB more."""
FAST = 0.05
"""Seconds for a second of sound."""

WARM_UP = "One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen. Done."
"""Long enough for every length of block, and a sentence that is one block."""

# The noise of a sentence comes from torch's global generator, which TorchScript has no way around.
_generator = threading.Lock()


class Voice:
    """A voice bundle in memory. One thread at a time may synthesise with it."""

    def __init__(
        self,
        manifest: Manifest,
        model: torch.jit.ScriptModule,
        text: Frontend,
        cache: PhraseCache | None = None,
        bert: Bert | None = None,
        words: Lexicon | None = None,
    ) -> None:
        """`words`: the bundle's own lexicon."""
        self.manifest = manifest
        self.cache = cache
        self.model = model
        self._text = text
        self._bert = bert
        self._own_words = self._words = words or Lexicon({})
        self.blocks = FINE

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        cache_memory: int = 0,
        cache_folder: Path | None = None,
        cache_disk: int = 0,
        lexicons: Sequence[Path] = (),
    ) -> Voice:
        """Loads and verifies the bundle at `path`, a folder or a `.tar`.

        Args:
            path: the bundle. Its ready-made phrases are used in any case.
            cache_memory: bytes of spoken sentences to keep in memory.
            cache_folder: where to keep them on disk, too.
            cache_disk: bytes of files to keep there.
            lexicons: files of words that are to be said otherwise, where they exist, over the bundle's own.

        Raises:
            BundleError: the bundle is missing, damaged, unsafe or of a newer format.
            LexiconError: a lexicon has a line that is not right.
            MissingFrontendError: its text frontend is not installed.
        """
        with open_bundle(path) as bundle:
            text, words, model = bundle.reader(), bundle.lexicon(), bundle.model().eval()
            voice = cls(bundle.manifest, model, text, bert=bundle.bert(), words=words)
            voice.read_lexicons(lexicons)
            voice.cache = PhraseCache(
                bundle.manifest.sound,
                bundle.manifest.sample_rate,
                memory_bytes=cache_memory,
                folder=cache_folder,
                disk_bytes=cache_disk,
                ready=bundle.phrases(),
            )
            return voice

    def read_lexicons(self, paths: Sequence[Path]) -> None:
        """Takes those of `paths` that exist for the words that are to be said otherwise, over the bundle's own.

        Sentences that are not begun yet are spoken with them.

        Raises:
            LexiconError: a lexicon has a line that is not right; the words stay as they were.
        """
        alphabet = Alphabet.of(self.manifest.frontend, self.manifest.symbols.ids)
        self._words = lexicon.load(paths, alphabet, over=self._own_words)

    def close(self) -> None:
        """Gives the phrases that are not yet on disk half a second to get there."""
        if self.cache is not None:
            self.cache.close()

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        return self.manifest.sample_rate

    def warm_up(self) -> tuple[int, float]:
        """Speaks twice into nothing: TorchScript and oneDNN compile what they meet for the first time.

        Returns how many samples the second time gave, and how many seconds it took: this device's pace, which decides
        how long blocks are.
        """
        self.synthesize(WARM_UP, seed=0, cache=False)
        begun = time.perf_counter()
        samples = self.synthesize(WARM_UP, seed=0, cache=False).size
        seconds = time.perf_counter() - begun
        if seconds < FAST * samples / self.sample_rate:
            self.blocks = COARSE
            self.synthesize(WARM_UP, seed=0, cache=False)
        return samples, seconds

    def synthesize(
        self,
        text: str,
        *,
        speed: float = 1.0,
        volume: float = 1.0,
        speaker: str | None = None,
        seed: int | None = None,
        cache: bool = True,
        emoji: bool = False,
    ) -> Pcm:
        """The whole of `stream` as one array."""
        chunks = self.stream(
            text, speed=speed, volume=volume, speaker=speaker, seed=seed, cache=cache, emoji=emoji
        )
        return np.concatenate(list(chunks))

    def stream(
        self,
        text: str | Iterable[str],
        *,
        speed: float = 1.0,
        volume: float = 1.0,
        speaker: str | None = None,
        seed: int | None = None,
        cache: bool = True,
        emoji: bool = False,
    ) -> Generator[Pcm, None, None]:
        """Speaks `text`, sentence by sentence.

        Args:
            text: any length; or its sentences, of which each step takes one at most; an empty one is a step without
                sound.
            speed: 0.25 to 4; 2 is twice as fast.
            volume: 0 to 1.
            speaker: a name from the manifest; None: the first.
            seed: the same seed gives the same sound for the same sentence; None: a new one each time.
            cache: whether a sentence that was spoken before may be taken from the phrase cache, and kept there.
            emoji: whether emoji are said by their names; else they are skipped.

        Yields:
            Mono PCM, int16 `(n,)`, at `sample_rate`; the silence before a sentence comes with its first block.

        Raises:
            RequestError: a value is out of range, or the speaker unknown: at the call, before the first chunk. Or a
                sentence has phones that the voice has not.
            TextError: nothing in the text can be spoken.
        """
        check_range("speed", speed, MIN_SPEED, MAX_SPEED)
        check_range("volume", volume, 0.0, 1.0)
        if seed is not None:
            check_range("seed", seed, 0, MAX_SEED)
        speaker_id = self.manifest.speaker_id(speaker)

        def phrase_of(sentence: str) -> Phrase:
            return Phrase.of(self._written(sentence, emoji=emoji), speed=speed, speaker=speaker_id, seed=seed)

        sentences = split(text, self.manifest.language) if isinstance(text, str) else text
        return self._sentences(sentences, volume, phrase_of, self.cache if cache else None)

    def _sentences(
        self, sentences: Iterable[str], volume: float, phrase_of: Callable[[str], Phrase], cache: PhraseCache | None
    ) -> Generator[Pcm, None, None]:
        before = nothing = np.empty(0, np.int16)
        for sentence in sentences:
            if not sentence:
                yield nothing
                continue
            # Before the cache is asked: what is kept of a sentence is kept of what is said.
            phrase = phrase_of(sentence)
            try:
                for pcm in self._phrase(phrase, cache):
                    yield np.concatenate([before, scaled(pcm, volume)])
                    before = nothing
            except TextError:
                # One sentence of only emoji costs nobody the others. The empty block is this step's.
                yield nothing
            else:
                before = np.zeros(round(SENTENCE_SILENCE / phrase.speed * self.sample_rate), np.int16)
        if before is nothing:
            message = "There is nothing to speak: the text is empty or has only marks without a sound."
            raise TextError(message)

    def _phrase(self, phrase: Phrase, cache: PhraseCache | None) -> Generator[Pcm, None, None]:
        """One sentence at full volume, from the cache or else into it."""
        kept = None if cache is None else cache.get(phrase)
        if kept is not None:
            yield kept
            return
        made = []
        for audio in self.speak(self._inputs(phrase.text, phrase.speaker), phrase.speed, phrase.seed):
            made.append(to_pcm(audio, self.manifest.gain))
            yield made[-1]
        if cache is not None:
            cache.put(phrase, np.concatenate(made))

    def say_phonemes(self, phonemes: Phonemes, seed: int) -> Pcm:
        """The whole sound of one sentence that was read already, by the first speaker at usual speed.

        Raises:
            TextError: the voice knows none of its symbols.
        """
        inputs = self._inputs_of(phonemes, self.manifest.speaker_id(None))
        return np.concatenate([to_pcm(audio, self.manifest.gain) for audio in self.speak(inputs, seed=seed)])

    def prepare(self, text: str, speaker: str | None = None) -> Inputs:
        """The tensors that `Synthesizer.encode` starts with, for `text` as one sentence.

        Returns:
            symbols, tones, languages `(1, L)` int64; bert `(1, 1024, L)`; ja_bert `(1, 768, L)`; speaker `(1,)`.

        Raises:
            TextError: nothing in the text can be spoken.
            RequestError: the speaker is unknown.
        """
        return self._inputs(self._written(text), self.manifest.speaker_id(speaker))

    def _written(self, text: str, *, emoji: bool = False) -> str:
        """`text` with the words of the lexicons said otherwise, and its emoji by their names or gone."""
        text = self._words(text)
        return name_emoji(text, self.manifest.language) if emoji else skip_emoji(text)

    def _inputs(self, sentence: str, speaker_id: int) -> Inputs:
        return self._inputs_of(self._text(sentence), speaker_id)

    def _inputs_of(self, phonemes: Phonemes, speaker_id: int) -> Inputs:
        features = None
        if self._bert is not None:
            with computing():
                features = self._bert(phonemes)
        return model_inputs(phonemes, self.manifest.symbols, self.manifest.languages, speaker_id, features)

    def speak(self, inputs: Inputs, speed: float = 1.0, seed: int | None = None) -> Generator[Tensor, None, None]:
        """The sound of one sentence, as it is made: in -1..1, `(1, 1, m)`, short at first.

        Drawn noise makes the sentence, so a seed is spent before the first block.
        """
        scales = self.manifest.scales
        with computing(), noise(seed):
            x, g, _ = self.model.latent(
                *inputs,
                scales.sdp_ratio,
                scales.noise_scale,
                scales.noise_scale_w,
                scales.length_scale / speed,
                None,
                None,
                None,
            )
        del inputs  # BERT's features, 7 MB for 400 characters, while others' sentences are half-made, too
        state: list[Tensor] = []
        frames = x.size(2)
        for begin, end in spans(frames, self.model.lookahead, self.blocks):
            with computing():
                audio, state = self.model.sound(x[:, :, begin:end], g, state, end == frames)
            yield audio


def spans(frames: int, lookahead: int, blocks: Blocks) -> Iterator[tuple[int, int]]:
    """Where each call of `sound` begins and ends, in frames: `0` to `frames`, without a gap.

    A short rest goes with the block before it: it would cost nearly as much as a whole one.
    """
    begin, end = 0, lookahead
    for size in chain(blocks.first, repeat(blocks.rest)):
        end += size
        if frames - end < size // 2:
            break
        yield begin, end
        begin = end
    yield begin, frames


@contextmanager
def computing() -> Iterator[None]:
    """How the model runs."""
    # The executor that optimises by profile keeps several copies of the graph, 33 MB, and gains nothing on INT8.
    with torch.inference_mode(), optimized_execution(should_optimize=False):
        yield


@contextmanager
def noise(seed: int | None) -> Iterator[None]:
    """Draws from `seed` inside, and leaves the caller's generator as it was; None: from the global generator."""
    with _generator:
        if seed is None:
            yield
            return
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield


def to_pcm(audio: Tensor, gain: float = 1.0) -> Pcm:
    """Sound of any shape in -1..1 to int16 `(n,)`."""
    samples = torch.round(audio.flatten() * (gain * 32767.0))
    return samples.clamp(-32768.0, 32767.0).to(torch.int16).numpy()


def scaled(pcm: Pcm, volume: float) -> Pcm:
    """The sound at a `volume` of 0 to 1."""
    return pcm if volume == 1.0 else np.rint(pcm * volume).astype(np.int16)


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Refuses a number outside `low..high`, and what is no number.

    Raises:
        RequestError: with the name, the value and the range.
    """
    if not low <= value <= high:
        message = f"{name} is {value}; it must be between {low:g} and {high:g}."
        raise RequestError(message)
