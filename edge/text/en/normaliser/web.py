"""What is typed for machines: addresses, file names, versions, tags. A person names its signs: "dot", "slash"."""

from __future__ import annotations

import html
import re

from edge.text.en.normaliser.acronyms import READ, is_sayable
from edge.text.en.normaliser.words import cardinal, digits, number, spell
from edge.text.rules import Rule

_SIGNS = {
    ".": "dot",
    "/": "slash",
    "\\": "backslash",
    "-": "dash",
    "_": "underscore",
    "@": "at",
    ":": "colon",
    "?": "question mark",
    "=": "equals",
    "&": "and",
    "#": "hash",
    "%": "percent",
    "+": "plus",
    "~": "tilde",
    "!": "exclamation mark",
    "$": "dollar",
    "*": "star",
    ",": "comma",
    ";": "semi colon",
}

# Endings of hosts and files. Those that are words are said as words, the others by their letters.
_SAID = {
    "com": "com", "org": "org", "net": "net", "gov": "gov", "info": "info", "biz": "biz", "mil": "mil", "app": "app",
    "zip": "zip", "doc": "doc", "log": "log", "jar": "jar", "bin": "bin", "bat": "bat", "tar": "tar", "dat": "dat",
    "json": "jason", "toml": "tom " + spell("L"), "yaml": "yammel", "yml": "yammel", "jpeg": "jay peg",
    "jpg": "jay peg", "gif": "giff", "wav": "wave", "conf": "conf", "config": "config", "exe": spell("EXE"),
    "docx": "doc " + spell("X"), "localhost": "local host", "openai": "open " + spell("AI"), "github": "git hub",
    "gitlab": "git lab", "youtube": "you tube", "linkedin": "linked in", "wiki": "wiki", "wikipedia": "wikipedia",
    "gmail": "gee mail", "hotmail": "hot mail", "readme": "read me", "init": "init", "usr": "user", "etc": spell("ETC"),
    "src": "source", "tmp": "temp", "lib": "lib", "url": spell("URL"), "co": "co", "ai": spell("AI"), "io": spell("IO"),
    "us": spell("US"), "it": spell("IT"), "id": spell("ID"), "www": spell("WWW"), "uk": spell("UK"), "eu": spell("EU"),
    "de": spell("DE"), "es": spell("ES"), "me": "me", "tv": spell("TV"), "edu": spell("EDU"), "py": spell("PY"),
    "md": spell("MD"), "exif": "exif", "iso": spell("ISO"), "api": spell("API"), "npm": spell("NPM"),
    "npr": spell("NPR"), "bbc": spell("BBC"), "cnn": spell("CNN"), "ibm": spell("IBM"), "usa": spell("USA"),
}  # fmt: skip

_EXTENSIONS = (
    "7z|aac|apk|avi|bak|bash|bat|bin|bmp|bz2|cfg|conf|cpp|css|csv|dat|db|deb|dll|dmg|docx?|epub|exe|flac|gif|gz|"
    "html?|ico|ini|iso|jar|java|jpe?g|json|jsx?|log|lua|md|mkv|mov|mp3|mp4|mpe?g|odt|ogg|onnx|otf|pdf|php|png|"
    "pptx?|psd|pyc?|pth|rar|rb|rpm|rs|rtf|sh|so|sql|svg|tar|tex|tiff?|toml|tsx?|ttf|txt|wasm|wav|webm|webp|whl|wma|"
    "xlsx?|xml|xz|ya?ml|zip"
)
_DOMAINS = (
    "com|org|net|edu|gov|mil|int|info|biz|io|ai|app|dev|tv|me|co|us|uk|ca|au|de|es|fr|it|nl|jp|cn|eu|ch|nz|xyz|onion"
)

# An address ends before the mark that ends its sentence or closes its bracket.
_REST = r"(?:[/?#:][\w\-./~%&=+?#:@!$*,;]*[\w/=&#])?/?"
_LABELS = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?\.){1,8}"
_PART = re.compile(r"[A-Za-z]+|[0-9]+|[^A-Za-z0-9\s]")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|_")


def _address(text: str) -> str:
    """Each sign by its name, each word as a word if it can be said, else by its letters."""
    return f" {' '.join(map(_part, _PART.findall(text)))} "


def _part(part: str) -> str:
    if part.isdigit():
        return cardinal(int(part)) if len(part) <= 2 and part[0] != "0" else digits(part)  # noqa: PLR2004 - "42"
    if part.isascii() and part.isalpha():
        return _name(part)
    return _SIGNS.get(part, " ")


def _name(part: str) -> str:
    lower = part.lower()
    if lower in _SAID:
        return _SAID[lower]
    humps = _HUMPS.split(part) if not part.isupper() else [part]
    if len(humps) > 1:
        return " ".join(map(_name, filter(None, humps)))
    # A host of some length is a name, "xmlsoft", however it is written.
    return READ.get(lower, lower) if is_sayable(lower) or len(lower) > _LONGEST_SPELLED else spell(part)


_LONGEST_SPELLED = 5


def _url(match: re.Match[str]) -> str:
    return _address(match[1])


def _file(match: re.Match[str]) -> str:
    return _address(match.group())


def _tag(match: re.Match[str]) -> str:
    humps = filter(None, _HUMPS.split(match[1]))
    return f" hashtag {' '.join(humps)} "


def _version(match: re.Match[str]) -> str:
    words = " point ".join(number(part) for part in match[2].split("."))
    return f" {'version ' if match[1] else ''}{words} "


ADDRESSES = (
    Rule(
        "tag of HTML",
        re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,15}(?: [^<>]{0,200})?/?>"),
        lambda _: " ",
        "Not text.",
        (("<b>bold</b><br/>", "bold"),),
    ),
    Rule(
        "character of HTML",
        re.compile(r"&#?\w{2,8};"),
        lambda match: html.unescape(match.group()),
        "A sign in disguise.",
        (("salt &amp; pepper", "salt and pepper"),),
    ),
    Rule(
        "e-mail",
        re.compile(r"<?(?<![\w.+\-])(?:mailto:)?([\w.+\-]{1,64}@" + _LABELS + r"[A-Za-z]{2,24})(?![\w-])>?"),
        _url,
        "Before web addresses, of which its host is one. Bounded, and tried only where a word begins: linear time.",
        (
            ("Mail john.doe@example.com.", "mail john dot doe at example dot com."),
            ("Bob <bob@example.com> wrote", "bob bob at example dot com wrote"),
            ("jane_smith42@mail.example.org", "jane underscore smith forty-two at mail dot example dot org"),
        ),
    ),
    Rule(
        "URL with its scheme",
        re.compile(r"<?\b(?:https?|ftp|wss?|file)://((?:[\w.~\-@]{1,200})" + _REST + ")>?", re.IGNORECASE),
        _url,
        "Nobody says 'H T T P S colon slash slash'.",
        (
            ("https://www.example.com/path?x=1", "W W W dot example dot com slash path question mark X equals one"),
            ("(see http://localhost:8080/).", "see local host colon eight zero eight zero slash."),
        ),
    ),
    Rule(
        "web address",
        re.compile(
            r"(?<![\w.@\-])((?:www\.\w[\w\-]{0,62}(?:\.[\w\-]{1,63}){0,8}|" + _LABELS + "(?:" + _DOMAINS + "))"
            r"(?![\w\-]|\.[A-Za-z])" + _REST + ")",
            re.IGNORECASE,
        ),
        _url,
        "Without a scheme only with a known top-level domain: 'end.Start' is a missing space.",
        (
            ("Go to www.example.com.", "go to W W W dot example dot com."),
            ("bbc.co.uk/news", "B B C dot co dot U K slash news"),
            ("Visit my-site.io, now", "visit my dash site dot I O, now"),
        ),
    ),
    Rule(
        "path",
        re.compile(r"(?<![\w/.)\]])(?:[A-Za-z]:\\|~/|\.{1,2}/|/(?=[a-z]{1,16}/\w))[\w\-./\\~]{0,200}[\w/\\]"),
        _file,
        "A slash between words is none: 'and/or'. A path begins with its slash, a drive or a dot.",
        (
            ("Edit /etc/hosts.", "edit slash E T C slash hosts."),
            (r"In C:\Users\Bob", "in C colon backslash users backslash bob"),
            ("~/notes.txt", "tilde slash notes dot T X T"),
        ),
    ),
    Rule(
        "file name",
        re.compile(r"(?<![\w.\-])(?:\w[\w\-]{0,63}\.){1,4}(?:" + _EXTENSIONS + r")(?![\w\-])", re.IGNORECASE),
        _file,
        "By known extensions, so that 'end.So' is none unless it looks like one.",
        (
            ("Open report_final.pdf, please.", "open report underscore final dot P D F, please."),
            ("setup.py and README.md", "setup dot P Y and read me dot M D"),
            ("song01.mp3", "song zero one dot M P three"),
        ),
    ),
    Rule(
        "hashtag",
        re.compile(r"(?<![\w&#/])#(?=\w*[A-Za-z])(\w{1,100})"),
        _tag,
        "Cut at its capitals, which are there to be read.",
        (
            ("I like #Madrid a lot.", "i like hashtag madrid a lot."),
            ("#ThrowbackThursday", "hashtag throwback thursday"),
            ("#FBI", "hashtag F B I"),
        ),
    ),
    Rule(
        "mention",
        re.compile(r"(?<![\w.@])@(\w{1,64})\b"),
        lambda match: f" at{_address(match[1])}",
        "After e-mail addresses: its @ is where a word begins.",
        (("Thanks @user", "thanks at user"), ("@john_doe99", "at john underscore doe ninety-nine")),
    ),
)

VERSIONS = (
    Rule(
        "address in a network",
        re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?![\w]|\.\d)"),
        lambda match: f" {' dot '.join(digits(part) for part in match[1].split('.'))} ",
        "Before versions, which look alike but for the four numbers.",
        (("Ping 192.168.0.1.", "ping one nine two dot one six eight dot zero dot one."),),
    ),
    Rule(
        "hexadecimal",
        re.compile(r"\b0[xX]([0-9A-Fa-f]{1,16})\b"),
        lambda match: f" hex {' '.join(digits(one) or spell(one) for one in match[1])} ",
        "Neither a sum nor a size.",
        (("At 0x7F", "at hex seven F"),),
    ),
    Rule(
        "version",
        re.compile(r"(?<![\w.,$€£])(v(?:er)?\.? ?)?(\d{1,8}(?:\.\d{1,8}){2,5})(?![\w]|\.\d)", re.IGNORECASE),
        _version,
        "Two points or more: no decimal. Dates with points are read as dates before.",
        (
            ("Version 3.2.1 is out.", "version three point two point one is out."),
            ("v2.0.1", "version two point zero point one"),
        ),
    ),
    Rule(
        "version with its v",
        re.compile(r"\b(v)(\d{1,4}(?:\.\d{1,4})?)(?![\w]|\.\d)"),
        _version,
        "A small v before a number.",
        (("Use v2.0 now", "use version two point zero now"), ("IPv6", "I P V six")),
    ),
)
