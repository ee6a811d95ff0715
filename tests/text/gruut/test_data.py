import subprocess
import sys
from pathlib import Path

import pytest

from edge import places
from edge.errors import BundleError, MissingFrontendError
from edge.text.gruut import data


def test_installed_data_is_packed_once_into_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path))
    assert data.pronunciation("fr", None)("bonjour") == "bɔ̃ʒˈuʁ"
    (folder,) = places.text_folder().iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["fr.g2p.npz", "fr.lexicon"]
    monkeypatch.setattr(data, "_write", None)
    assert data.pronunciation("fr", None)("bonjour") == "bɔ̃ʒˈuʁ"


def test_a_cache_that_cannot_be_written_costs_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CACHE_DIRECTORY", "/proc/no-such-folder")
    assert data.pronunciation("fr", None)("bonjour") == "bɔ̃ʒˈuʁ"


def test_a_language_that_is_not_installed_comes_with_the_line_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gruut_lang_es", None)
    for attempt in [lambda: data.pronunciation("es", None), lambda: data.pack("es", tmp_path)]:
        with pytest.raises(MissingFrontendError, match=r'ES needs gruut-lang-es.*pip install "melo-edge\[es\]"'):
            attempt()


def test_a_bundle_without_the_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=rf"{tmp_path} has no fr\.lexicon and fr\.g2p\.npz: build"):
        data.pronunciation("fr", tmp_path)


def test_a_bundle_with_damaged_data_is_named(tmp_path: Path, french_folder: Path) -> None:
    for path in french_folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    for path in tmp_path.iterdir():
        kept = path.read_bytes()
        for damaged in [b"", kept[:9], b"?" + kept[1:], kept[:12] + bytes(len(kept) - 12)]:
            path.write_bytes(damaged)
            with pytest.raises(BundleError, match=path.name):
                data.pronunciation("fr", tmp_path)
        path.write_bytes(kept)


WATCHED = """
import sys
from pathlib import Path

def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.mkdir", "os.rename", "os.remove")):
        raise RuntimeError(f"{event}{arguments}")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wxa+"):
        raise RuntimeError(f"{event}{arguments}")

sys.dont_write_bytecode = True
sys.addaudithook(watch)
from edge.text import LANGUAGE as package
frontend = next(value for name, value in vars(package).items() if name.endswith("Frontend"))(Path(sys.argv[1]))
for strict in (False, True):
    assert len(frontend("SENTENCE", strict).symbols) > 10
heavy = {"torch", "gruut", "gruut_lang_LANGUAGE", "babel", "pycrfsuite", "sqlite3", "networkx"}
assert not heavy & set(sys.modules) - {"sqlite3"}, heavy & set(sys.modules)
"""


@pytest.mark.parametrize(
    ("language", "folder", "sentence"),
    [("es", "spanish_folder", "La cigüeña cuesta 21 €."), ("fr", "french_folder", "L'air coûte 21 €.")],
)
def test_on_a_device_nothing_is_written_fetched_or_heavy(
    language: str, folder: str, sentence: str, request: pytest.FixtureRequest
) -> None:
    program = WATCHED.replace("LANGUAGE", language).replace("SENTENCE", sentence)
    subprocess.run([sys.executable, "-c", program, request.getfixturevalue(folder)], check=True)
