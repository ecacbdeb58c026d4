"""On Record reads a news article as data: who appears, who is quoted, who stands where, who belongs to what."""

import importlib

__version__ = "0.1.0"

_HOMES = {
    **dict.fromkeys(["Dossier", "analyse", "analyse_many", "codings", "load", "shipped"], "dossier"),
    **dict.fromkeys(["listed", "many", "percent", "say", "shortened", "table"], "prose"),
    **dict.fromkeys(["affiliation", "camps", "conflict", "congruence", "polarisation", "standing"], "networks"),
    **dict.fromkeys(["around", "border_of", "focus_of", "places_of", "surroundings"], "atlas"),
    **dict.fromkeys(["membership_of_actors", "voice_by_region", "voiceless"], "belonging"),
    **dict.fromkeys(["evidence", "matrix"], "linked"),
    **dict.fromkeys(["tone", "tones"], "sentiment"),
    "Corpus": "corpus.asking",
    "InputError": "data",
    "membership_claims": "claims",
    "tone_of_actors": "toned",
}
__all__ = ["__version__", *_HOMES]


def __getattr__(name: str):
    """Import the language machinery only when somebody asks for it: memberships and the command line's help start at once."""
    if name in _HOMES:
        return getattr(importlib.import_module(f"onrecord.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'onrecord' has no attribute {name!r}")
