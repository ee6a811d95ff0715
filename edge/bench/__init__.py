"""What speech costs on this machine: this project's, and every other way that there is to run the same voice.

`rows/` has a file for each way, `row.py` says what one is made of. `subjects.py` builds what they all speak with.
`runner.py` has each measured in turn, each time in a fresh process (`visit.py`), and `report.py` is what comes of it.
"""
