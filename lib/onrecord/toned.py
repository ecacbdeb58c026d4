"""How an article speaks of its actors. What was read of a passage is kept beside the analyses: reading it needs the language model."""

import json

import numpy as np
import pandas as pd

from onrecord import dossier as dossiers
from onrecord import sentiment
from onrecord.dossier import Dossier

SURE = 0.7  # from where a tone counts as sure


def tone_of_actors(dossier: Dossier) -> pd.DataFrame:
    """How the sentences of an article that name an actor speak of that actor: a row an actor who is named, in the order of `dossier.actors`.

    Columns actor_id, name; positive, neutral, negative: sentences by tone; sure: the share of them whose confidence is at least 0.7.
    Of several mentions in a sentence the first counts. Who says the sentence is not asked: a quotation's tone is its speaker's."""
    text, named = dossier.article.text, _named(dossier)
    given = _kept([(text[a:b], start - a, end - a) for _, (a, b), (start, end) in named])
    rows = pd.DataFrame(
        {
            "actor_id": [actor for actor, *_ in named],
            "tone": [label for label, _ in given],
            "sure": [confidence >= SURE for _, confidence in given],
        }
    )
    counts = pd.crosstab(rows.actor_id, rows.tone).reindex(columns=sentiment.TONES, fill_value=0)
    found = dossier.actors.loc[dossier.actors.actor_id.isin(counts.index), ["actor_id", "name"]].reset_index(drop=True)
    for label in sentiment.TONES:
        found[label] = found.actor_id.map(counts[label]).astype("Int64")
    found["sure"] = found.actor_id.map(rows.groupby("actor_id").sure.mean()).astype("Float64")
    return found


def _named(dossier: Dossier) -> list[tuple[str, tuple[int, int], tuple[int, int]]]:
    """Each actor's first name in each sentence that has one: actor_id, the sentence's place, the name's."""
    mentions = dossier.mentions[dossier.mentions.form == "name"].sort_values(["start", "end"])
    starts, ends = (dossier.sentences[edge].to_numpy(dtype=np.int64) for edge in ("start", "end"))
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for actor, start, end in zip(mentions.actor_id, mentions.start.astype(int), mentions.end.astype(int)):
        nth = int(np.searchsorted(starts, start, side="right")) - 1
        if nth >= 0 and end <= ends[nth]:
            found.setdefault((actor, nth), (start, end))
    return [(actor, (int(starts[nth]), int(ends[nth])), place) for (actor, nth), place in found.items()]


def _kept(passages: list[tuple[str, int, int]]) -> list[tuple[str, float]]:
    """What `sentiment.tones` gives, from `.cache/` where it has been read before."""
    on = [dossiers.fingerprint(), sentiment.reader(), repr(passages)]
    folder = dossiers.CACHE / dossiers.digest(part.encode("utf-8", "surrogatepass") for part in on)
    try:
        return [tuple(row) for row in json.loads((folder / "tones.json").read_bytes())]
    except OSError:
        given = sentiment.tones(passages)
        dossiers.keep(folder, {"tones.json": json.dumps(given)})
        return given
