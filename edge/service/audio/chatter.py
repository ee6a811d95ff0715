"""Keeps libasound and libjack from writing to stderr, which under systemd is the journal.

Both print several lines each time PortAudio looks for devices, which while a card is missing is every few
seconds. Both let a program take over their messages. The other way, pointing fd 2 elsewhere meanwhile, would
also swallow what every other thread says, a crash included, so it is not used. PortAudio's own "Expression …
failed" lines cannot be turned off in Debian's build; they come once for each stream that fails, not for each
search, and stay.
"""

from __future__ import annotations

import contextlib
import ctypes

_HANDLER_SETTERS = (
    ("libasound.so.2", "snd_lib_error_set_handler"),
    ("libjack.so.0", "jack_set_error_function"),
    ("libjack.so.0", "jack_set_info_function"),
)


def silence() -> None:
    """Drop both libraries' messages from now on, in this process; a library that is not there is passed over.

    The handler is a C function that takes no arguments and changes nothing, `getppid`: unlike a Python
    callback it needs no GIL and is still there when destructors speak after the interpreter has gone.
    """
    do_nothing = ctypes.cast(ctypes.CDLL(None).getppid, ctypes.c_void_p)
    for library, setter in _HANDLER_SETTERS:
        with contextlib.suppress(OSError, AttributeError):
            getattr(ctypes.CDLL(library), setter)(do_nothing)
