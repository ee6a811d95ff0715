"""The sound card, through PyAudio (PortAudio's blocking streams)."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING, Any

from edge.errors import SoundCardError
from edge.service.audio import chatter
from edge.service.audio.resampler import Resampler
from edge.service.audio.sink import SoundCardMissingError

if TYPE_CHECKING:
    import pyaudio

    from edge.service.audio.sink import Pcm

PERIODS_PER_SECOND = 50
"""One period is 20 ms; PortAudio makes the device buffer two of them, which a fade-out must get through.

Xruns that the recording card saw in 8 s of speech, two busy Python and two busy torch threads on two cores, by
period: 5 ms 150 and 231 (two runs), 10 ms 114 and 111, 20 ms 23 and 29, 40 ms 4 and 32. With
`sys.setswitchinterval(0.0005)`: 151, 58, 3 and 0, 0. With the torch threads alone: 1, 0, 1 and 0, 0.
"""

OTHER_RATES = (48000, 44100)
"""What is tried when the card cannot play the voice's rate. There is no card that can do neither."""

_log = logging.getLogger(__name__)


class PyAudioSink:
    """Plays to a card by name, or to the default one, resampled when it has to be.

    The device is held only between `open` and `stop`: an idle daemon leaves it to others. PortAudio lists the
    devices once, when it is initialised, so it is initialised again after every failure. It counts who uses it:
    a second `pyaudio.PyAudio` in the process, not terminated, would keep the old list alive.
    """

    buffer = 0

    def __init__(self, sample_rate: int, device: str | None = None) -> None:
        """Take note only, no card is touched; `sample_rate` in Hz, `device` a (part of a) PortAudio name."""
        self.sample_rate = sample_rate
        self._device = device
        self._portaudio: pyaudio.PyAudio | None = None
        self._stream: pyaudio.Stream | None = None
        self._device_rate = sample_rate  # asked for first; what the card took, until PortAudio starts afresh
        self._device_buffer = 0
        self._resampler: Resampler | None = None

    def open(self) -> None:
        """Open the device and its stream.

        Raises `SoundCardMissingError` when the card is not there or busy, `SoundCardError` when it cannot do
        any sample rate that we can.
        """
        if self._stream is not None:
            return
        try:
            self._stream = self._open_stream()
            self._device_buffer = _ask(self._stream.get_write_available)  # empty now, so this is its size
            self.buffer = self._voice_frames(self._device_buffer)
            self._resampler = None
            if self._device_rate != self.sample_rate:
                self._resampler = Resampler(self.sample_rate, self._device_rate)
                self.buffer += self._resampler.delay
        except OSError as error:
            self.close()
            raise self._refused(error) from error

    def write(self, pcm: Pcm) -> None:
        """Play `pcm`, shape `(frames,)`; blocks while the buffer is full. Survives underruns.

        Raises `SoundCardMissingError` when the card has gone.
        """
        if self._stream is None:
            msg = "the sound card is not open"
            raise SoundCardMissingError(msg)
        sound = pcm if self._resampler is None else self._resampler(pcm)
        try:
            # exception_on_underflow would close the stream at every underrun.
            self._stream.write(sound.tobytes(), sound.size, exception_on_underflow=False)
        except OSError as error:
            self.close()
            msg = f"the sound card went away: {_reason(error)}"
            raise SoundCardMissingError(msg) from error

    def room(self) -> int:
        """Return how many frames the device takes without blocking; any number when it fails: `write` will tell."""
        available = int(self._stream.get_write_available()) if self._stream is not None else 0
        return self._voice_frames(available) if available >= 0 else sys.maxsize

    def is_dry(self) -> bool:
        """Tell whether the buffer has run empty; PortAudio itself does not say unless the stream is to be closed."""
        return self._stream is not None and int(self._stream.get_write_available()) >= self._device_buffer

    def stop(self) -> None:
        """Drop what is buffered and let the device go.

        Closing a running stream is PortAudio's abort. Its stop is no help: 19.6 drops the tail there, too,
        other versions wait for it.
        """
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.close()
        self._stream = None

    def close(self) -> None:
        """Stop and shut PortAudio down; `open` starts it afresh."""
        self.stop()
        if self._portaudio is not None:
            self._portaudio.terminate()
        self._portaudio = None
        self._device_rate = self.sample_rate

    def _voice_frames(self, device_frames: int) -> int:
        return device_frames * self.sample_rate // self._device_rate

    def _open_stream(self) -> pyaudio.Stream:
        """Open the device at the first rate that it takes. Raises `OSError`, as PortAudio does."""
        import pyaudio  # not at the top: a daemon that writes to a file runs without it

        if self._portaudio is None:
            chatter.silence()
            self._portaudio = pyaudio.PyAudio()
        for rate in (self._device_rate, *OTHER_RATES):
            try:
                stream = self._open_at(rate)
            except OSError as error:  # noqa: PERF203  (each attempt may fail)
                refusal = error
                if error.args[0] != pyaudio.paInvalidSampleRate:
                    raise
            else:
                if rate != self._device_rate:
                    _log.info("the sound card cannot play %d Hz; resampling to %d Hz", self.sample_rate, rate)
                self._device_rate = rate
                return stream
        raise refusal

    def _open_at(self, rate: int) -> pyaudio.Stream:
        import pyaudio

        assert self._portaudio is not None  # noqa: S101  (the caller has made it)
        return self._portaudio.open(
            rate=rate,
            channels=1,  # a stereo-only card gets both channels: ALSA's plug, or PortAudio for "hw" devices
            format=pyaudio.paInt16,
            output=True,
            output_device_index=_device_index(self._portaudio, self._device),
            frames_per_buffer=rate // PERIODS_PER_SECOND,
        )

    def _refused(self, error: OSError) -> SoundCardError:
        import pyaudio

        name = self._device or "default"
        if error.args[0] == pyaudio.paInvalidSampleRate:
            return SoundCardError(
                f"the sound card {name!r} cannot play {self.sample_rate} Hz, nor any of {OTHER_RATES}; "
                "choose another device"
            )
        return SoundCardMissingError(f"the sound card {name!r} cannot be opened: {_reason(error)}")


def _device_index(portaudio: pyaudio.PyAudio, device: str | None) -> int:
    """Return the index of the output named `device`, else of the first whose name contains it.

    Raises `OSError`, as PortAudio does, when there is none.
    """
    if device is None:
        return int(portaudio.get_default_output_device_info()["index"])
    outputs = [info for info in _devices(portaudio) if info["maxOutputChannels"] > 0]
    named = [info for info in outputs if device in info["name"]]
    if not named:
        raise OSError(0, "no such output device")
    return int(min(named, key=lambda info: info["name"] != device)["index"])


def _devices(portaudio: pyaudio.PyAudio) -> list[dict[str, Any]]:
    return [dict(portaudio.get_device_info_by_index(i)) for i in range(portaudio.get_device_count())]


def _ask(query: Any) -> int:  # noqa: ANN401  (PyAudio has no type stubs)
    """Return the answer of a PyAudio query that reports errors as negative numbers."""
    answer = int(query())
    if answer < 0:
        raise OSError(answer, "no answer from the device")
    return answer


def _reason(error: OSError) -> str:
    return str(error.args[-1])
