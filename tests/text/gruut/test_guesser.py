import json
from pathlib import Path

import pytest

from edge.errors import BundleError
from edge.text.gruut.guesser import Guesser

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "text" / "gruut.json").read_text(encoding="utf-8"))
"""What gruut itself says, with python-crfsuite."""


@pytest.mark.parametrize("language", ["es", "fr"])
def test_guesses_are_those_of_crfsuite(language: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue({"es": "spanish_folder", "fr": "french_folder"}[language])
    guess = Guesser((folder / f"{language}.g2p.npz").read_bytes())
    golden = GOLDEN[language]["guesses"]
    assert {word: guess(word) for word in golden} == golden
    assert guess("") == ""


def test_it_says_which_letters_it_has_learned(spanish_folder: Path) -> None:
    guess = Guesser((spanish_folder / "es.g2p.npz").read_bytes())
    assert "".join(filter(guess.knows, "añüéç€Ж漢7")) == "añüé"


@pytest.mark.parametrize("content", [b"", b"PK", b"\x93NUMPY" + bytes(100)])
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(BundleError, match=r"es\.g2p\.npz is damaged.*build the bundle again"):
        Guesser(content, "es.g2p.npz")
