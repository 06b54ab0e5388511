"""A message as it came, made plain: any script's digits, no marks nobody sees, no signature, of bounded length."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 459  # three parts of 153: more is no request, and every step below is bounded by it

# Before compatibility forms are taken apart, which would make a space and a mark of an acute accent.
_PLAIN = str.maketrans(
    dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("‘’ʼ`´", "'") | dict.fromkeys("“”„«»", '"') | {"\r": "\n", "\t": " "})
_SEEN_AS_NOTHING = ("Cf", "Me")             # joiners, direction marks, the frame of a keycap
_SEEN_AS_SPACE = ("Cc", "Cs", "Co", "Cn", "So", "Sk")  # controls and pictures

_SIGNATURE = re.compile(
    r"\n\s*--.*|\s--\s.*|\n\s*(?:sent|dikirim|terkirim)\s+(?:from|dari|via|by)\b.*"
    r"|(?:\b(?:wassalam\w*|wasalam\w*|wslm|wass|hormat saya|best regards|regards|ttd)\b).*"
    r"|(?:[.,!#\n]\s*)salam(?:\s+hormat)?\s*[,.\n].*",
    re.IGNORECASE | re.DOTALL)
_THANKS = re.compile(
    r"\b(?:t[e]?rima\s*kasih|makasih|makasi|mksh|trims|trim's|tks|thx|tq|thank\s*you|thanks)\b", re.IGNORECASE)


def clean(text: str) -> str:
    """The text in plain characters, at most `LONGEST` of them; lines stay apart."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST].translate(_PLAIN))[:LONGEST]
    return "".join(map(_seen, plain)).strip()


def _seen(character: str) -> str:
    if character.isascii() and (character >= " " or character == "\n"):
        return character
    kind = unicodedata.category(character)
    if kind in _SEEN_AS_NOTHING:
        return ""
    if kind in _SEEN_AS_SPACE:
        return " "
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def without_signature(text: str) -> str:
    """The text up to a signature: `-- Budi`, `Sent from my phone`, `Wassalam, Budi`.

    `salam` ends a message only as a closing formula of its own, as it is also a name.
    """
    return _SIGNATURE.sub("", text, count=1).strip()


def thanks_cut(text: str, mark: str) -> str:
    """The text up to its thanks, if all was said by then: what follows is who sends, not who comes. Thanks given in
    advance, before the `mark` of the NIK, are only left out."""
    for match in _THANKS.finditer(text):
        if mark in text[:match.start()]:
            return _THANKS.sub(" # ", text[:match.start()])
    return _THANKS.sub(" # ", text)
