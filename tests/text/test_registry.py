import subprocess
import sys
from pathlib import Path

import pytest

from edge import text
from edge.errors import BundleError, MissingFrontendError


def test_a_frontend_is_found_by_family_and_variant() -> None:
    phonemes = text.frontend("espeak:en-us")("Hello.")
    assert isinstance(phonemes, text.Phonemes)
    assert phonemes.symbols


def test_a_frontend_reads_the_data_of_a_bundle(french_folder: Path, tmp_path: Path) -> None:
    assert text.frontend("FR", french_folder)("Bonjour.").symbols
    with pytest.raises(BundleError, match=str(tmp_path)):
        text.frontend("FR", tmp_path)


@pytest.mark.parametrize("language", ["XX", "", ":", "en-us", "ESPEAK:en-us", "es", "ES-mx"])
def test_a_frontend_that_is_not_there_is_named_beside_those_that_are(language: str) -> None:
    with pytest.raises(MissingFrontendError) as caught:
        text.frontend(language)
    assert repr(language) in str(caught.value)
    assert "espeak:VOICE" in str(caught.value)


def test_importing_the_registry_loads_no_frontend() -> None:
    program = "import sys, edge.text; print([m for m in sys.modules if m in ('ctypes', 'edge.text.espeak', 'torch')])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
