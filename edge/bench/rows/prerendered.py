"""A phrase that came with the voice."""

from __future__ import annotations

import shutil
from pathlib import Path

from edge.bench.row import PHRASE, Need
from edge.bench.rows.daemon import Daemon


class Prerendered(Daemon):
    """The same daemon; the build has spoken the phrase into the bundle (`--phrases`). Nothing is computed."""

    number = "13"
    title = "melo-edge, a pre-rendered phrase"
    kinds = (PHRASE,)
    needs = (Need("platformdirs", 'pip install "melo-edge[bench]"'),)
    threaded = False
    durations = None

    @property
    def bundle(self) -> Path:
        return self.folder / "bundle"

    def prepare(self) -> None:
        from edge.build.phrases import add_phrases
        from edge.build.progress import Progress
        from edge.phrases import Phrase

        shutil.copytree(self.subject.bundle, self.bundle)
        shutil.rmtree(self.bundle / "phrases", ignore_errors=True)
        add_phrases(self.bundle, [Phrase.of(phrase) for phrase in self.subject.texts.phrases], Progress())
