"""INT8: how a `Synthesizer`'s weights are stored and, in time, computed with."""
