"""The row that leaves BERT out."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from edge.bench.rows.without_bert import WithoutBert
from edge.bench.subjects import MissingError
from edge.speech import Voice
from edge.voice import open_bundle

pytestmark = pytest.mark.slow


def row(bundle: Path, folder: Path) -> WithoutBert:
    return WithoutBert(SimpleNamespace(bundle=bundle), folder)  # type: ignore[arg-type]  (all that it is asked for)


def test_what_is_left_is_a_whole_bundle_that_takes_no_features(english_bundle: Path, tmp_path: Path) -> None:
    without = row(english_bundle, tmp_path)
    without.prepare()
    with open_bundle(without.bundle) as bundle, open_bundle(english_bundle) as whole:
        assert whole.manifest.files.keys() - bundle.manifest.files.keys() == {"bert.ts", "tokenizer.json"}
    [there, gone] = (Voice.load(path).prepare("Good morning.")[4] for path in (english_bundle, without.bundle))
    assert there.any()
    assert not gone.any()


def test_a_voice_without_bert_has_nothing_to_leave_out(melo_bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="--bert"):
        row(melo_bundle, tmp_path).prepare()
