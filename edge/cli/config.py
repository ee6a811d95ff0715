"""`melo-edge config`: the daemon's settings, for people, as a file to edit and as documentation."""

from __future__ import annotations

import argparse
import sys

from edge.cli.arguments import add_config
from edge.config import DEFAULT, OPTIONS, Configuration, Option, load, toml

FILE_HEAD = """\
# Settings of the melo-edge daemon. What is commented out is the default.
# Options marked "reload" change with systemctl reload melo-edge (or SIGHUP), the others with a restart.
"""

DOCUMENT_HEAD = """\
# Configuration

Made by `melo-edge config --markdown` from the table in `edge/config.py`; a test holds them equal.

A setting comes from the command line of `melo-edge serve`, else from the environment, else from the file, else it is
the default. The file is the one that `--config` or `$MELO_EDGE_CONFIG` names; else a user's own,
`$XDG_CONFIG_HOME/melo-edge/config.toml` (`~/.config/…`), which root does not read; else `/etc/melo-edge/config.toml`.
In the file an option is a line such as `max_queue = 20`, on the command line it is `--max-queue 20`, in the environment
`MELO_EDGE_MAX_QUEUE=20`. An empty variable is as good as none.

`melo-edge config` shows each setting and where it comes from, `melo-edge config --toml` writes a file with comments.
An option that does not exist and a value that is not right keep the daemon from starting: it says where that stands,
and what would be right.

SIGHUP (`systemctl reload melo-edge`) reads the file again, and the [lexicons](lexicon.md). What has a yes under
"reload" changes at once (`max_line` for clients that connect from then on); what else changed is logged as waiting for
a restart. A file with a mistake changes nothing, and the log has the mistake.

| option | what it is | value | default | reload |
|---|---|---|---|---|
"""

DOCUMENT_TAIL = """
Clients look for the daemon's socket in `$MELO_EDGE_SOCKET`, else a user's own, else the system's.

Under systemd, `melo-edge.service` has no network, and systemd opens its sockets. TCP for Wyoming clients elsewhere,
such as Home Assistant, is one line more in `melo-edge.socket` (`systemctl edit melo-edge.socket`, then restart it):

```ini
[Socket]
ListenStream=10200
```

The option `tcp` is for a daemon that is started by hand. Whoever reaches a TCP address may speak: there is no password,
so a firewall decides who does. On the Unix socket only root, the daemon's own user and the members of the socket's
group are served.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_config(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--toml", action="store_true", help="write a configuration file with comments")
    form.add_argument("--markdown", action="store_true", help="write the documentation of all options")


def run(options: argparse.Namespace) -> int:
    """Prints the settings that `melo-edge serve` would have."""
    sys.stdout.write(_document() if options.markdown else _shown(load(options.config), as_file=options.toml))
    return 0


def _shown(configuration: Configuration, *, as_file: bool) -> str:
    if as_file:
        return FILE_HEAD + "".join(_setting(option, configuration) for option in OPTIONS)
    rows = [
        (option.name, _value(option, configuration), configuration.origins[option.name])
        for option in OPTIONS
    ]
    name, value, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    return "".join(f"{row[0]:<{name}}  {row[1]:<{value}}  {row[2]}\n" for row in rows)


def _value(option: Option, configuration: Configuration) -> str:
    value = getattr(configuration.settings, option.name)
    return option.default if value is None else toml(value)


def _setting(option: Option, configuration: Configuration) -> str:
    reload = " (reload)" if option.reload else ""
    about = f"\n# {option.about}{reload}\n# {option.values}; default: {option.default}\n"
    value = getattr(configuration.settings, option.name)
    comment = "# " if configuration.origins[option.name] == DEFAULT else ""
    return f"{about}{comment}{option.name} = {'' if value is None else toml(value)}\n"


def _document() -> str:
    return DOCUMENT_HEAD + "".join(map(_row, OPTIONS)) + DOCUMENT_TAIL


def _row(option: Option) -> str:
    reload = "yes" if option.reload else ""
    return f"| `{option.name}` | {option.about} | {option.values} | {option.default} | {reload} |\n"
