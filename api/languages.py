"""Which of our languages someone asks for: Indonesian first, English on request (RFC 9110 Accept-Language)."""

from __future__ import annotations

from functools import lru_cache

LANGUAGES = ("id", "en")
_OURS = {"id": "id", "in": "id", "en": "en", "*": "*"}  # `in` is how old phones still write Indonesian


@lru_cache(256)
def preferred(header: str | None) -> str:
    """`id` or `en`, whichever the header weighs more; Indonesian when it names neither, or both alike."""
    weights: dict[str, float] = {}
    for part in (header or "")[:200].split(","):
        tag, _, parameters = part.strip().partition(";")
        language = _OURS.get(tag.strip().lower().partition("-")[0])
        if language is not None:
            weights[language] = max(weights.get(language, 0.0), _weight(parameters))
    others = weights.get("*", 0.0)
    return "en" if weights.get("en", others) > weights.get("id", others) else "id"


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
