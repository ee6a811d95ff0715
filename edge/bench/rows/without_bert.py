"""What BERT's features cost: a voice that has them, with and without."""

from __future__ import annotations

import shutil
from pathlib import Path

from edge.bench.rows.daemon import Daemon
from edge.bench.subjects import MELO, MissingError


class WithoutBert(Daemon):
    """Row 12 with the voice's BERT left out, as `--no-bert` builds it: the difference is what its features cost."""

    number = "12b"
    title = "melo-edge INT8, streamed, without BERT"
    subjects = (MELO,)
    durations = None

    @property
    def bundle(self) -> Path:
        return self.folder / "bundle"

    def prepare(self) -> None:
        import msgspec

        from edge.voice import open_bundle
        from edge.voice.bundle import BERT, TOKENIZER

        with open_bundle(self.subject.bundle) as opened:
            manifest = opened.manifest
            if manifest.bert is None:
                raise MissingError("the voice has no BERT; name one that was built with --bert, and its --checkpoint")
            shutil.copytree(opened.folder, self.bundle, ignore=shutil.ignore_patterns(BERT, TOKENIZER))
        files = {name: entry for name, entry in manifest.files.items() if name not in {BERT, TOKENIZER}}
        msgspec.structs.replace(manifest, bert=None, files=files).write(self.bundle)
