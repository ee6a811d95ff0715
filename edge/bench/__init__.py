"""What a voice costs on this machine, and what INT8 gains.

`voice` measures one bundle as a device runs it. The other modules are `melo-edge bench --int8`: each bar of
`docs/performance.md` in interleaved runs.
"""

from edge.bench.voice import Result, measure

__all__ = ["Result", "measure"]
