"""Words that no dictionary has, by hidden Markov models: of each character whether a word begins or ends there.

jieba's models, by its own way of finding the most probable path, ties included: it decides what is heard. The states'
names begin with B, M, E or S, for a word's first, middle or last character or one that is a word; in the model that
also guesses parts of speech, that of the word follows, as in "Bnr".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Model = Mapping[str, NDArray[Any]]
Word = tuple[str, str]
"""A word and its part of speech, as jieba names it."""

_Array = NDArray[np.float64]
_States = NDArray[np.intp]

# What jieba takes for a character that was never seen in a state.
_NEVER = -3.14e100


def pack(
    start: Mapping[str, float],
    transitions: Mapping[str, Mapping[str, float]],
    emissions: Mapping[str, Mapping[str, float]],
    expected: Mapping[str, frozenset[str]],
) -> Model:
    """A model as arrays: logarithms of probabilities by names of states.

    `emissions`: a state's characters; `expected`: the states that a character is looked for in, those missing in all.
    """
    names = sorted(start)
    numbers = {name: number for number, name in enumerate(names)}
    seen = {(letter, name) for name in names for letter in emissions[name]}
    seen |= {(letter, name) for letter, found in expected.items() for name in found}
    rows = sorted(seen)
    letters = sorted({letter for letter, _ in rows})
    ways = np.full((len(names), len(names)), -np.inf)
    for name, following in transitions.items():
        ways[numbers[name], [numbers[other] for other in following]] = list(following.values())
    return {
        "names": np.array(names),
        "start": np.array([start[name] for name in names]),
        "ways": ways,
        "letters": np.array([ord(letter) for letter in letters], dtype=np.uint32),
        "ends": np.searchsorted([letter for letter, _ in rows], letters, side="right").astype(np.uint32),
        "states": np.array([numbers[name] for _, name in rows], dtype=np.uint8),
        "expected": np.array([name in expected.get(letter, ()) for letter, name in rows]),
        "emissions": np.array([emissions[name].get(letter, _NEVER) for letter, name in rows]),
    }


class Markov:
    """A model that cuts text into words."""

    def __init__(self, model: Model, last: str = "BMES") -> None:
        """`last`: what states a text may end in, by the first letters of their names."""
        self._names: list[str] = model["names"].tolist()
        self._start: _Array = np.asarray(model["start"], dtype=np.float64)
        self._ways: _Array = np.asarray(model["ways"], dtype=np.float64)
        self._possible = np.isfinite(self._ways)
        self._letters: list[int] = model["letters"].tolist()
        self._ends: list[int] = [0, *model["ends"].tolist()]
        self._states: _States = np.asarray(model["states"], dtype=np.intp)
        self._expected = np.asarray(model["expected"], dtype=bool)
        self._emissions: _Array = np.asarray(model["emissions"], dtype=np.float64)
        self._may_end = np.array([name[0] in last for name in self._names])

    def words(self, text: str) -> Iterator[Word]:
        """The words of `text`, which is not empty, each with the rest of its last state's name."""
        path = [self._names[state] for state in self._path(text)]
        start = 0
        for end, name in enumerate(path, 1):
            if name[0] in "ES":
                yield text[start:end], name[1:]
                start = end
        if start < len(text):
            yield text[start:], path[start][1:]

    def _path(self, text: str) -> list[int]:
        """The most probable state of each character."""
        listed, emissions = self._of(text[0])
        states = np.flatnonzero(listed)
        scores = self._start[states] + emissions[states]
        trail = []
        for letter in text[1:]:
            listed, emissions = self._of(letter)
            reached = self._possible[states].any(axis=0)
            following = np.flatnonzero(listed & reached)
            if not following.size:
                following = np.flatnonzero(reached)
            sums = scores[:, None] + self._ways[np.ix_(states, following)] + emissions[following]
            best = _last_of_best(sums)
            trail.append((states, best))
            scores, states = sums[best, np.arange(len(following))], following
        place = _last_of_best(np.where(self._may_end[states], scores, -np.inf))
        path = [int(states[place])]
        for states, best in reversed(trail):
            place = best[place]
            path.append(int(states[place]))
        return path[::-1]

    def _of(self, letter: str) -> tuple[NDArray[np.bool_], _Array]:
        """The states that a character is looked for in, and how probable it is in each."""
        emissions = np.full(len(self._names), _NEVER)
        listed = np.zeros(len(self._names), dtype=bool)
        place = bisect_left(self._letters, ord(letter))
        if place < len(self._letters) and self._letters[place] == ord(letter):
            rows = slice(self._ends[place], self._ends[place + 1])
            emissions[self._states[rows]] = self._emissions[rows]
            listed[self._states[rows]] = self._expected[rows]
        return (listed if listed.any() else ~listed), emissions


def _last_of_best(scores: _Array) -> NDArray[np.intp]:
    """Which row is best in each column; of equals the last, which is also the last by name."""
    return len(scores) - 1 - scores[::-1].argmax(axis=0)
