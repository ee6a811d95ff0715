"""How a word that no dictionary has is pronounced, guessed from its spelling by a neural network.

The network is g2p_en's (Kyubyong Park and Jongseok Kim, Apache-2.0; github.com/Kyubyong/g2p): an encoder and a
decoder of one GRU layer each, 256 wide, with its weights as they are. The input of either is one of a few letters
or phones, so what each adds to the gates is computed once at the start: that halves the time.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edge.text.en.phones import PHONES, VOWELS, Pronunciation

Array = NDArray[np.float32]

WEIGHTS = tuple(f"{half}_{name}" for half in ("enc", "dec") for name in ("emb", "w_ih", "w_hh", "b_ih", "b_hh"))
WEIGHTS += ("fc_w", "fc_b")
"""Names of the arrays in g2p_en's checkpoint."""

_LETTERS = ("<pad>", "<unk>", "</s>", *"abcdefghijklmnopqrstuvwxyz")
_LETTER_IDS = {letter: number for number, letter in enumerate(_LETTERS)}
# In the network's order: alphabetical. Of vowels without their stress it knows UW alone.
_PHONES = sorted(phone for phone in PHONES if phone == "UW" or phone not in VOWELS)
_OUTPUTS = ("<pad>", "<unk>", "<s>", "</s>", *_PHONES)
_START, _STOP = _OUTPUTS.index("<s>"), _OUTPUTS.index("</s>")

# g2p_en breaks off here. It hardly matters: on longer words the network itself loses its way.
_MOST_PHONES = 20


class Spelling:
    """The network, ready to guess. E = 256 features, 29 letters, 74 phones (with four marks each)."""

    def __init__(self, weights: Mapping[str, Array]) -> None:
        """Take the arrays named `WEIGHTS`; raises `KeyError` without one of them."""
        self._letters = _Gru(weights, "enc")
        self._phones = _Gru(weights, "dec")
        self._output = weights["fc_w"]
        self._output_bias = weights["fc_b"]

    def pronounce(self, word: str) -> Pronunciation:
        """Guess the phones of `word`; letters other than a to z are each an unknown one."""
        state = np.zeros(self._output.shape[1], np.float32)
        for letter in (*word, "</s>"):
            state = self._letters.step(_LETTER_IDS.get(letter, _LETTER_IDS["<unk>"]), state)
        phones: list[str] = []
        last = _START
        while len(phones) < _MOST_PHONES:
            state = self._phones.step(last, state)
            last = int((self._output @ state + self._output_bias).argmax())
            if last == _STOP:
                break
            phones.append(_OUTPUTS[last])
        return tuple(phones)


class _Gru:
    """One GRU layer. Gates r, z, n, as in torch.nn.GRU."""

    def __init__(self, weights: Mapping[str, Array], half: str) -> None:
        inputs, recurrent = weights[f"{half}_w_ih"], weights[f"{half}_w_hh"]
        self._from_input = weights[f"{half}_emb"] @ inputs.T + weights[f"{half}_b_ih"]  # (inputs, 3 E)
        self._recurrent = recurrent  # (3 E, E)
        self._bias = weights[f"{half}_b_hh"]  # (3 E,)
        self._width = recurrent.shape[1]

    def step(self, symbol: int, state: Array) -> Array:
        """Return the state (E,) after one more input."""
        own, fed = self._from_input[symbol], self._recurrent @ state + self._bias
        gates = 2 * self._width
        reset, update = np.split(1 / (1 + np.exp(-(own[:gates] + fed[:gates]))), 2)
        candidate = np.tanh(own[gates:] + reset * fed[gates:])
        return (1 - update) * candidate + update * state
