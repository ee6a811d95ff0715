from __future__ import annotations

import math
import struct
from pathlib import Path

import torch

from edge.build import report
from edge.build.bert import BertCost
from edge.build.sensitivity import PART_LIMIT_DB, Sensitivity
from edge.voice import Score

QUALITY = {"PESQ-wb": Score(4.321, 4.1, 4.2, math.nan), "SNR dB": Score(12.5, 9.0, 1.0, 40.0)}
LAYERS = {f"vocoder.ups.{i}": 90.0 - i for i in range(70)} | {"flow.a": 12.3, "text_encoder.b": 77.0}
SENSITIVITY = Sensitivity(LAYERS, dict.fromkeys(PART_LIMIT_DB, 44.4))


def test_the_table_has_every_judge_part_and_layer_and_what_was_missed() -> None:
    table = report.table(QUALITY, SENSITIVITY, ["vocoder.ups.0", "flow.a"])
    assert "| PESQ-wb | 4.321 | 4.100 | 4.5 (4.3) | 4.200 | nan |" in table
    assert "| SNR dB | 12.500 | 9.000 | - | 1.000 | 40.000 |" in table
    assert "Missed: PESQ-wb is 4.321" in table
    assert all(f"| {part}* | 44.4 | {limit:g} |" in table for part, limit in PART_LIMIT_DB.items())
    assert "2 convolutions compute in INT8, 70 in FP32" in table
    rows = [line for line in table.splitlines() if line.endswith(("| INT8 |", "| FP32 |"))]
    assert {row.split()[1] for row in rows} == set(LAYERS)
    assert rows[0] == "| flow.a | 12.3 | INT8 |"  # the most sensitive comes first
    assert [row for row in rows if row.endswith("| INT8 |")] == [rows[0], "| vocoder.ups.0 | 90.0 | INT8 |"]


def test_bert_has_a_table_of_its_own() -> None:
    table = report.bert_table(BertCost(31_400_000, 181_000_000, 0.0123, 0.0456))
    assert "| on disk | 31.4 MB | 181.0 MB |" in table
    assert "| 12.3 ms | 45.6 ms |" in table


def test_what_missed_nothing_says_so_by_saying_nothing() -> None:
    assert "Missed" not in report.table({"PESQ-wb": Score(4.6, 4.5, 4, 4)}, SENSITIVITY, [])


def test_the_picture_is_a_png_that_can_be_looked_at(tmp_path: Path) -> None:
    sound = torch.randn(1, 1, 22050) * 0.1
    report.write(tmp_path / "report", QUALITY, SENSITIVITY, [], sound, 0.99 * sound, 22050)
    assert {path.name for path in (tmp_path / "report").iterdir()} == {"quality.md", "quality.png"}
    content = (tmp_path / "report" / "quality.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", content[16:24])
    assert 500 < width < 2000
    assert 700 < height < 3000
    assert 20_000 < len(content) < 2_000_000


def test_a_sound_shorter_than_a_window_is_drawn_too(tmp_path: Path) -> None:
    report.picture(tmp_path / "a.png", torch.zeros(1, 1, 64), torch.zeros(1, 1, 64), 8000, Sensitivity({}, {}))
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
