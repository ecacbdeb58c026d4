"""Learn the network of `onrecord.stances` again and write its numbers to `data/models/stances.npz`.

    python -m benchmarks.learn_stances FOLDER
    python -m benchmarks.learn_stances FOLDER --members 1 --epochs 1 --output FILE   (a trial)

FOLDER holds polnear_train.jsonl and newsmtsc_train.jsonl (README.md here says where they come from). The network first learns, from newsmtsc, how a
sentence speaks of whom it names; then, from `stance_labels.csv`, which clauses of polnear's articles take a stance. The labels say for a candidate's
place and holder whether it shows none, support or opposition. No text is written anywhere. torch is needed: the extra `learn`.
"""

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import nn

from benchmarks import corpora
from onrecord import actors, article, attributions, language, quotes, schema, stances
from onrecord.language import Passage
from onrecord.scene import Here, Scene

LABELS_FILE = Path(__file__).with_name("stance_labels.csv")
WIDTH, DROPPED = 64, 0.35
MEMBERS, SEEDS = 3, (11, 12, 13)
TONE_EPOCHS, EPOCHS = 5, 7
TONE_RATE, RATE, DECAY = 2e-3, 1e-3, 0.05
TOGETHER = 32
OFTEN = 15  # candidates in which a feature must stand
TONES = {"neutral": 0, "positive": 1, "negative": 2}  # in the order of stances.LABELS


@dataclass
class Example:
    """A candidate in its sentence: `tokens` are cut to it, and so are the places in `asked`."""

    tokens: stances.Tokens
    asked: stances.Asked
    place: tuple[str, int, str]  # kind, where the head begins in the text, holder_id
    label: int = 0
    weight: float = 1.0


def cut(tokens: stances.Tokens, asked: stances.Asked) -> tuple[stances.Tokens, stances.Asked]:
    """The sentence of a candidate's head alone."""
    here = np.flatnonzero(tokens.sentence == tokens.sentence[asked.head])
    first, last = here[0], here[-1] + 1
    parts = {name: getattr(tokens, name)[first:last] for name in tokens.__dataclass_fields__}
    parts["head"] = np.clip(parts["head"] - first, 0, last - first - 1)

    def within(places: np.ndarray) -> np.ndarray:
        return places[(places >= first) & (places < last)] - first

    clause = within(asked.clause)
    return stances.Tokens(**parts), stances.Asked(
        asked.head - first,
        clause if len(clause) else np.array([asked.head - first]),
        within(asked.about),
        asked.features,
    )


def read(texts: list[str]) -> Iterator[list[Example]]:
    """The candidates of each text, parsed as `onrecord` parses any other."""
    received = []
    for text in texts:
        blocks = article.blocks(text)
        received.append((text, blocks, article.repairs(text, blocks)))
    for text, passages in zip(texts, article.parsed(received), strict=True):
        cast = actors.Cast(passages)
        quoted = quotes.draft(text, passages, cast)
        people, mentions = cast.tables(text)
        scene = Scene(text, quoted, mentions, people)
        yield [example for passage in passages for example in of_passage(Here(passage, scene), scene)]


def of_passage(here: Here, scene: Scene) -> Iterator[Example]:
    """The candidates of a passage."""
    found = stances.candidates(here, rare=True)
    tokens = stances.read([here]) if found else None
    for candidate in found:
        cutting = cut(tokens, stances.ask(candidate, here, scene.actors))
        yield Example(*cutting, (candidate.kind, here.starts[candidate.head], candidate.holder or ""))


def labelled(folder: Path) -> dict[str, list[Example]]:
    """The labelled candidates of polnear's training articles, by article. A label whose candidate isn't found any more is passed over."""
    labels = defaultdict(dict)
    for row in pd.read_csv(LABELS_FILE, keep_default_na=False).itertuples():
        labels[row.article][row.kind, row.head, row.holder] = (stances.LABELS.index(row.label), row.weight)
    texts = {row["id"]: row["text"] for row in corpora.read(folder / "polnear_train.jsonl") if row["id"] in labels}
    found = {}
    for name, examples in zip(texts, read(list(texts.values())), strict=True):
        known = [example for example in examples if example.place in labels[name]]
        for example in known:
            example.label, example.weight = labels[name][example.place]
        found[name] = known
    return found


def toned(folder: Path) -> list[Example]:
    """Sentences that speak well or ill of somebody: each a clause about its target, without named features."""
    rows = list(corpora.read(folder / "newsmtsc_train.jsonl"))
    empty = schema.frame("quotes", []), schema.frame("mentions", []), schema.frame("actors", [])
    found = []
    for row, doc in zip(rows, language.parse((row["text"], ()) for row in rows)):
        here = Here(Passage("b", "paragraph", 0, doc), Scene(row["text"], *empty))
        target = doc.char_span(int(row["start"]), int(row["end"]), alignment_mode="expand")
        if target is None or not len(doc):
            continue
        sentence = target.root.sent
        clause = np.arange(sentence.start, sentence.end)
        asked = stances.Asked(sentence.root.i, clause, np.arange(target.start, target.end), {})
        found.append(Example(*cut(stances.read([here]), asked), ("tone", 0, ""), TONES[row["label"]]))
    return found


# --- the network, as it is taught --------------------------------------------------------------------------------------------------


class Reader(nn.Module):
    """The same network as `stances.Network`, one member of it."""

    def __init__(self, n_features: int, width: int = WIDTH):
        super().__init__()
        shown = len(stances.WORD) + len(stances.FLAGS)
        self.word = nn.Linear(300, width, bias=False)
        self.vector = nn.Linear(96, width, bias=False)
        self.shows = nn.Linear(shown, width)
        self.dep = nn.Embedding(len(attributions.DEPS) + 1, width)
        self.tag = nn.Embedding(len(attributions.TAGS) + 1, width)
        self.up, self.left, self.right = nn.Linear(width, width), *(nn.Linear(width, width, bias=False) for _ in "lr")
        self.look = nn.Linear(2 * width, 2, bias=False)
        self.state = nn.Linear(5 * width + n_features, width)
        self.out, self.tone = nn.Linear(width, 3), nn.Linear(width, 3)
        self.drop = nn.Dropout(DROPPED)
        for embedding in (self.dep, self.tag):
            nn.init.normal_(embedding.weight, std=0.05)

    def forward(self, b: dict[str, torch.Tensor], tone: bool = False) -> torch.Tensor:
        given = self.word(self.drop(b["word"])) + self.vector(b["vector"]) + self.shows(b["shows"])
        x = torch.relu(given + self.dep(b["dep"]) + self.tag(b["tag"])) * b["mask"][..., None]
        above = torch.gather(x, 1, b["head"][..., None].expand(-1, -1, x.shape[-1]))
        before, behind = F.pad(x, (0, 0, 1, 0))[:, :-1], F.pad(x, (0, 0, 0, 1))[:, 1:]
        x = x + torch.relu(self.up(self.drop(above)) + self.left(self.drop(before)) + self.right(self.drop(behind)))
        head = torch.gather(x, 1, b["at"][:, None, None].expand(-1, 1, x.shape[-1]))[:, 0]
        scores = self.look(torch.cat([x, head[:, None].expand_as(x)], -1))
        clause, about = b["clause"][..., None], b["about"][..., None]
        pooled = [head]
        for nth, mask in enumerate((b["clause"], b["mask"])):
            share = torch.softmax(scores[..., nth].masked_fill(mask == 0, -1e4), 1)
            pooled.append((share[..., None] * x).sum(1))
        pooled.append((x - 1e4 * (1 - clause)).max(1).values)
        pooled.append((x * about).sum(1) / about.sum(1).clamp(min=1))
        state = torch.relu(self.state(self.drop(torch.cat([*pooled, b["features"]], -1))))
        return (self.tone if tone else self.out)(self.drop(state))


def batch(examples: list[Example], names: dict[str, int], scale: np.ndarray) -> dict[str, torch.Tensor]:
    """Some examples as tensors, shorter sentences filled up."""
    n, length = len(examples), max(len(e.tokens.head) for e in examples)
    static = language.model().vocab.vectors.data
    made = {
        "word": np.zeros((n, length, static.shape[1]), np.float32),
        "vector": np.zeros((n, length, len(scale)), np.float32),
        "shows": np.zeros((n, length, len(stances.WORD) + len(stances.FLAGS)), np.float32),
        **{name: np.zeros((n, length), np.int64) for name in ("dep", "tag", "head")},
        **{name: np.zeros((n, length), np.float32) for name in ("mask", "clause", "about")},
        "features": np.zeros((n, len(names)), np.float32),
        "at": np.array([e.asked.head for e in examples]),
    }
    for nth, e in enumerate(examples):
        t, size = e.tokens, len(e.tokens.head)
        vectors = static[np.maximum(t.word, 0)] * (t.word >= 0)[:, None]
        made["word"][nth, :size] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        made["vector"][nth, :size] = t.vector / scale
        for name in ("shows", "dep", "tag", "head"):
            made[name][nth, :size] = getattr(t, name)
        made["mask"][nth, :size] = 1
        made["clause"][nth, e.asked.clause] = 1
        made["about"][nth, e.asked.about] = 1
        for name, value in e.asked.features.items():
            if name in names:
                made["features"][nth, names[name]] = value
    return {name: torch.from_numpy(values) for name, values in made.items()}


def feature_names(examples: Iterable[Example]) -> list[str]:
    """The features that stand in enough candidates, in the order of their names."""
    counts = Counter(name for example in examples for name in example.asked.features)
    return sorted(name for name, count in counts.items() if count >= OFTEN)


def scale_of(examples: list[Example]) -> np.ndarray:
    """The spread of each column of the language model's vectors."""
    return np.concatenate([e.tokens.vector for e in examples[:3000]]).std(axis=0) + 1e-3


def taught(
    model: Reader, examples: list[Example], epochs: int, rate: float, seed: int, tone: bool, names, scale
) -> Reader:
    """The model after so many rounds over the examples; sentences of like length go together."""
    rng = np.random.default_rng(seed)
    lengths = np.array([len(e.tokens.head) for e in examples])
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=DECAY)
    steps = epochs * (len(examples) // TOGETHER + 1)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps + 1)
    for _ in range(epochs):
        model.train()
        order = np.argsort(lengths + 5 * rng.random(len(examples)))
        parts = [order[i : i + TOGETHER] for i in range(0, len(order), TOGETHER)]
        rng.shuffle(parts) if len({len(p) for p in parts}) == 1 else random.Random(int(rng.integers(1 << 30))).shuffle(
            parts
        )
        for part in parts:
            some = [examples[i] for i in part]
            labels = torch.tensor([e.label for e in some])
            weights = torch.tensor([e.weight for e in some], dtype=torch.float32)
            loss = F.cross_entropy(model(batch(some, names, scale), tone), labels, reduction="none")
            loss = (loss * weights).sum() / weights.sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            pace.step()
    return model.eval()


def member(
    tones: list[Example], examples: list[Example], names: dict[str, int], scale, seed: int, epochs: int = EPOCHS
) -> Reader:
    """One network: first the tones, then the stances."""
    torch.manual_seed(seed)
    model = Reader(len(names))
    taught(model, tones, TONE_EPOCHS, TONE_RATE, seed, True, names, scale)
    with torch.no_grad():
        model.out.weight.copy_(model.tone.weight)
        model.out.bias.copy_(model.tone.bias)
    return taught(model, examples, epochs, RATE, seed, False, names, scale)


def numbers(models: list[Reader], names: list[str], scale: np.ndarray) -> dict[str, np.ndarray]:
    """What `stances.Network` reads: each table with a row a member."""
    homes = {
        "word": "word.weight",
        "vector": "vector.weight",
        "shows": "shows.weight",
        "bias": "shows.bias",
        "dep": "dep.weight",
        "tag": "tag.weight",
        "up": "up.weight",
        "around_bias": "up.bias",
        "left": "left.weight",
        "right": "right.weight",
        "look": "look.weight",
        "state": "state.weight",
        "state_bias": "state.bias",
        "out": "out.weight",
        "out_bias": "out.bias",
    }
    states = [model.state_dict() for model in models]
    found = {name: np.stack([s[home].numpy() for s in states]).astype(np.float16) for name, home in homes.items()}
    return found | {"scale": scale.astype(np.float32), "features": np.array(names)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learn_stances", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--members", type=int, default=MEMBERS)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--output", type=Path, default=stances.model_file())
    asked = parser.parse_args()
    torch.set_num_threads(1)
    examples = [e for found in labelled(asked.folder).values() for e in found]
    tones = toned(asked.folder)
    names, scale = feature_names(examples), scale_of(examples)
    places = {name: nth for nth, name in enumerate(names)}
    models = [member(tones, examples, places, scale, seed, asked.epochs) for seed in SEEDS[: asked.members]]
    np.savez_compressed(asked.output, **numbers(models, names, scale))
    print(f"{asked.output}: {len(models)} networks, {len(names)} features, from {len(examples)} candidates")
    return 0


if __name__ == "__main__":
    sys.exit(main())
