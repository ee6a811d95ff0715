"""`melo-edge say`."""

from __future__ import annotations

import argparse
import secrets

from edge.cli.arguments import add_delivery, add_socket, add_text, read_text
from edge.client import Client, RefusedError
from edge.service.audio.priority import PRIORITIES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options. Those that Speech Dispatcher's `spd-say` has, too, have its letters."""
    add_text(parser)
    add_socket(parser)
    add_delivery(parser, daemon=True)
    parser.add_argument("-l", "--language", help="the text's, such as es: an error if the voice does not read it")
    parser.add_argument("-P", "--priority", choices=PRIORITIES, default="text", help="(default: %(default)s)")
    parser.add_argument("--no-cache", dest="cache", action="store_false", help="synthesise it anew, and do not keep it")
    parser.add_argument("-w", "--wait", action="store_true", help="return when it was heard, or somebody stopped it")
    parser.add_argument(
        "-S", "--stop", action="store_true", help="stop what is being said first; without a text, do only that"
    )
    parser.add_argument(
        "-C", "--cancel", action="store_true", help="stop all that is said or waits first; without a text, do only that"
    )


def run(options: argparse.Namespace) -> int:
    """Queues the text."""
    only_stop = (options.stop or options.cancel) and not (options.text or options.file)
    text = None if only_stop else read_text(options)
    with Client(options.socket) as client:
        if options.cancel:
            client.cancel()
        elif options.stop:
            client.stop()
        if text is not None:
            _say(client, text, options)
    return 0


def _say(client: Client, text: str, options: argparse.Namespace) -> None:
    # An id of our own: whoever interrupts us may do so before the daemon has told us one.
    name = f"say-{secrets.token_hex(4)}" if options.wait else None
    try:
        client.say(
            text,
            wait=options.wait,
            id=name,
            speed=options.speed,
            volume=options.volume,
            speaker=options.speaker,
            language=options.language,
            priority=options.priority,
            cache=options.cache,
            emoji=options.emoji,
        )
    except RefusedError as error:
        # Somebody did not want to hear it. That is no failure, to spd-say neither.
        if error.code != "cancelled":
            raise
    except KeyboardInterrupt:
        if name is not None:
            # On a new connection: on this one, half an event may have been read.
            with Client(options.socket) as other:
                other.cancel(name)
        raise
