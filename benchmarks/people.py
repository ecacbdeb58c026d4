"""People named, and he and she linked to a name, against what was marked by hand. Tallies as in `intervals`, one a document."""

SHE_OR_HE = frozenset(["he", "she", "him", "her", "his", "hers", "himself", "herself"])


def exact(gold: list[tuple[int, int]], predicted: list[tuple[int, int]]) -> tuple[int, int, int, int]:
    """Names with the same first and last character."""
    same = len(set(gold) & set(predicted))
    return same, len(predicted), same, len(gold)


def touching(gold: list[tuple[int, int]], predicted: list[tuple[int, int]]) -> tuple[int, int, int, int]:
    """Names that share a character, one to one, in the order of the marked ones."""
    free, found = list(predicted), 0
    for start, end in gold:
        near = next((place for place in free if start < place[1] and place[0] < end), None)
        if near:
            free.remove(near)
            found += 1
    return found, len(predicted), found, len(gold)


def named_in_gum(document: dict, part: str = "head_") -> list[tuple[int, int]]:
    """The persons' names that GUM marks: their head words or, with an empty `part`, all that it counts to them, titles and appositions too."""
    return [(m[f"{part}start"], m[f"{part}end"]) for m in document["mentions"] if _names_a_person(m)]


def named_in_crossner(document: dict) -> list[tuple[int, int]]:
    """The persons and politicians that CrossNER marks."""
    return [(e["start"], e["end"]) for e in document["entities"] if e["label"] == "PERSON"]


def links(document: dict, mentions: list[tuple[int, int, str, str]]) -> tuple[int, int, int, int]:
    """Of GUM's he and she whose person is named somewhere: how many have a mention of an actor who is named where GUM names that person.

    mentions: (start, end, actor_id, form)."""
    names: dict[str, list] = {}
    for m in document["mentions"]:
        if _names_a_person(m):
            names.setdefault(m["cluster"], []).append((m["start"], m["end"]))
    pronouns = [m for m in document["mentions"] if m["text"].lower() in SHE_OR_HE and m["cluster"] in names]
    here = {(start, end): actor for start, end, actor, _ in mentions}
    good = 0
    for m in pronouns:
        actor = here.get((m["start"], m["end"]))
        named = [(start, end) for start, end, who, form in mentions if who == actor and form == "name"]
        good += any(a < end and start < b for a, b in names[m["cluster"]] for start, end in named)
    return good, len(pronouns), good, len(pronouns)


def _names_a_person(mention: dict) -> bool:
    return mention["type"] == "person" and mention["kind"] == "name"
