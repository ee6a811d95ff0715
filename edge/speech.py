"""Text in, PCM out: a voice ready to speak."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.jit._fuser import optimized_execution

from edge.errors import RequestError, TextError
from edge.text import Frontend, frontend
from edge.text.sentences import split
from edge.voice import Inputs, Manifest, model_inputs, open_bundle

Pcm = npt.NDArray[np.int16]

MIN_SPEED, MAX_SPEED = 0.25, 4.0
MAX_SEED = 2**63 - 1
"""What `torch.manual_seed` takes."""
SENTENCE_SILENCE = 0.15
"""Seconds between two sentences at speed 1."""

# The noise of a sentence comes from torch's global generator, which TorchScript has no way around.
_generator = threading.Lock()


class Voice:
    """A voice bundle in memory. One thread at a time may synthesise with it."""

    def __init__(self, manifest: Manifest, model: torch.jit.ScriptModule, text: Frontend) -> None:
        self.manifest = manifest
        self._model = model
        self._text = text

    @classmethod
    def load(cls, path: str | Path) -> Voice:
        """Loads and verifies the bundle at `path`, a folder or a `.tar`.

        Raises:
            BundleError: the bundle is missing, damaged, unsafe or of a newer format.
            MissingFrontendError: its text frontend is not installed.
        """
        with open_bundle(path) as bundle:
            text = frontend(bundle.manifest.frontend)
            return cls(bundle.manifest, bundle.model().eval(), text)

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        return self.manifest.sample_rate

    def warm_up(self) -> None:
        """Speaks twice into nothing: TorchScript and oneDNN compile what they meet for the first time."""
        for _ in range(2):
            self.synthesize("One, two, three.", seed=0)

    def synthesize(
        self, text: str, *, speed: float = 1.0, volume: float = 1.0, speaker: str | None = None, seed: int | None = None
    ) -> Pcm:
        """The whole of `stream` as one array."""
        return np.concatenate(list(self.stream(text, speed=speed, volume=volume, speaker=speaker, seed=seed)))

    def stream(
        self,
        text: str | Iterable[str],
        *,
        speed: float = 1.0,
        volume: float = 1.0,
        speaker: str | None = None,
        seed: int | None = None,
        cache: bool = True,
    ) -> Generator[Pcm, None, None]:
        """Speaks `text`, sentence by sentence.

        Args:
            text: any length; or its sentences, of which each step takes one at most.
            speed: 0.25 to 4; 2 is twice as fast.
            volume: 0 to 1.
            speaker: a name from the manifest; None: the first.
            seed: the same seed gives the same sound for the same sentence; None: a new one each time.
            cache: whether a sentence that was spoken before may be taken from the phrase cache, and kept there.

        Yields:
            Mono PCM, int16 `(n,)`, at `sample_rate`; the silence before a sentence comes with its first block.

        Raises:
            RequestError: a value is out of range, or the speaker unknown. At the call, before the first chunk.
            TextError: nothing in the text can be spoken.
        """
        check_range("speed", speed, MIN_SPEED, MAX_SPEED)
        check_range("volume", volume, 0.0, 1.0)
        if seed is not None:
            check_range("seed", seed, 0, MAX_SEED)
        speaker_id = self.manifest.speaker_id(speaker)
        sentences = split(text, self.manifest.language) if isinstance(text, str) else text
        return self._sentences(sentences, speed, volume, speaker_id, seed)

    def _sentences(
        self, sentences: Iterable[str], speed: float, volume: float, speaker_id: int, seed: int | None
    ) -> Generator[Pcm, None, None]:
        silence = np.zeros(round(SENTENCE_SILENCE / speed * self.sample_rate), np.int16)
        before = silence[:0]
        for sentence in sentences:
            try:
                inputs = self._inputs(sentence, speaker_id)
            except TextError:
                # One sentence of only emoji costs nobody the others. The empty block is this step's.
                yield silence[:0]
                continue
            audio = self._audio(inputs, speed, seed)
            yield np.concatenate([before, to_pcm(audio, volume * self.manifest.gain)])
            before = silence
        if before is not silence:
            message = "There is nothing to speak: the text is empty or has only marks without a sound."
            raise TextError(message)

    def prepare(self, text: str, speaker: str | None = None) -> Inputs:
        """The tensors that `Synthesizer.encode` starts with, for `text` as one sentence.

        Returns:
            symbols, tones, languages `(1, L)` int64; bert `(1, 1024, L)`; ja_bert `(1, 768, L)`; speaker `(1,)`.

        Raises:
            TextError: nothing in the text can be spoken.
            RequestError: the speaker is unknown.
        """
        return self._inputs(text, self.manifest.speaker_id(speaker))

    def _inputs(self, sentence: str, speaker_id: int) -> Inputs:
        return model_inputs(self._text(sentence), self.manifest.symbols, self.manifest.languages, speaker_id)

    def _audio(self, inputs: Inputs, speed: float, seed: int | None) -> Tensor:
        scales = self.manifest.scales
        # The executor that optimises by profile keeps several copies of the graph, 33 MB, and gains nothing on INT8.
        with torch.inference_mode(), optimized_execution(should_optimize=False), _noise(seed):
            z, g, _ = self._model.encode(
                *inputs,
                scales.sdp_ratio,
                scales.noise_scale,
                scales.noise_scale_w,
                scales.length_scale / speed,
                None,
                None,
                None,
            )
            return self._model.decode(z, g)


@contextmanager
def _noise(seed: int | None) -> Iterator[None]:
    """Draws from `seed` inside, and leaves the caller's generator as it was; None: from the global generator."""
    with _generator:
        if seed is None:
            yield
            return
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield


def to_pcm(audio: Tensor, volume: float = 1.0) -> Pcm:
    """Sound of any shape in -1..1 to int16 `(n,)`."""
    samples = torch.round(audio.flatten() * (volume * 32767.0))
    return samples.clamp(-32768.0, 32767.0).to(torch.int16).numpy()


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Refuses a number outside `low..high`, and what is no number.

    Raises:
        RequestError: with the name, the value and the range.
    """
    if not low <= value <= high:
        message = f"{name} is {value}; it must be between {low:g} and {high:g}."
        raise RequestError(message)
