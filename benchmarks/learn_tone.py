"""Learn the networks of `onrecord.sentiment` again and write `data/models/tone.npz`, `tone_embeddings.npz` and `data/reference/tone_scores.csv`.

    python -m benchmarks.learn_tone FOLDER
    python -m benchmarks.learn_tone FOLDER --rows 500 --epochs 1 --output DIR   (a trial)

FOLDER holds newsmtsc_train.jsonl (README.md here says where it comes from). Of one text in seven nothing is learned: confidences are counted there, and how
much the transformer weighs. No text is written anywhere, but the commonest lemmas are. torch is needed (the extra `learn`), and for the second file
the extra `embeddings`: without it the networks over words are learned alone, and the rest stays as it is.
"""

import argparse
import hashlib
import math
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from benchmarks import beliefs, corpora
from onrecord import data, embeddings, sentiment
from onrecord.attributions import DEPS, TAGS
from onrecord.sentiment import EMBEDDED, NEAR, STEPS, TONES, Words

HELD_OUT = 7  # of one text in so many nothing is learned
LEMMAS = 2000  # that are told apart
OTHERS = 2  # other mentions of the target in a text from which is learned too ...
SHARE_OF_OTHERS = 1 / 3  # ... so many of them an epoch
SMOOTHED = 0.05  # of a label that goes to all three tones alike


@dataclass(frozen=True)
class Example:
    """A passage as `sentiment.seen` gives it, how likely each tone is to be right, and the whole text."""

    passage: tuple[str, int, int]
    aim: tuple[float, float, float]
    text: str


def examples(rows: list[dict]) -> tuple[list[Example], list[Example]]:
    """What is marked, and the other places where the same target is mentioned."""
    marked, others = [], []
    for row in rows:
        aim = tuple((1 - SMOOTHED) * (row["label"] == tone) + SMOOTHED / 3 for tone in TONES)
        marked.append(Example(sentiment.seen(row["text"], row["start"], row["end"]), aim, row["text"]))
        for start, end in row["coref"][:OTHERS]:
            if start < end:
                others.append(Example(sentiment.seen(row["text"], start, end), aim, row["text"]))
    return marked, others


def held_out(example: Example) -> bool:
    """Whether nothing is learned from it: all targets of a text together."""
    return int(hashlib.md5(example.text.encode("utf-8", "surrogatepass")).hexdigest(), 16) % HELD_OUT == 0


# --- what both kinds of network share ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """How a network is taught: in `epochs` of the number for which the falling rate is planned. `kept` is how much of the running mean of the
    weights each step keeps."""

    epochs: int
    planned: int
    together: int  # passages a step
    rate: float  # the highest learning rate
    decay: float
    kept: float
    seed: int


def learn(name: str, network: nn.Module, plan: Plan, marked: list[tuple], others: list[tuple]) -> nn.Module:
    """Teach a network by pairs (what it reads, aim): each epoch by what is marked and by some of the others, drawn at random.

    What is kept is a running mean of the weights of the last steps."""
    drawn = np.random.default_rng(plan.seed)
    parameters = [p for p in network.parameters() if p.requires_grad]
    tables = [p for p in parameters if p.ndim > 1]
    vectors = [p for p in parameters if p.ndim == 1]
    groups = [{"params": tables, "weight_decay": plan.decay}, {"params": vectors, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=plan.rate)
    mean = [p.detach().clone() for p in parameters]
    few = int(len(others) * SHARE_OF_OTHERS)
    steps = plan.planned * math.ceil((len(marked) + few) / plan.together)
    step = 0
    for epoch in range(plan.epochs):
        given = marked + [others[nth] for nth in drawn.permutation(len(others))[:few]]
        network.train()
        lost = []
        for some in portions(given, plan.together, drawn):
            for group in optimiser.param_groups:
                group["lr"] = plan.rate * min(1, step / (0.06 * steps)) * max(0.02, 1 - step / steps)
            reads, aims = zip(*some)
            loss = F.cross_entropy(network(list(reads)), torch.tensor(aims))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            step += 1
            for kept, parameter in zip(mean, parameters):
                kept.lerp_(parameter.detach(), 1 - min(plan.kept, (step + 1) / (step + 10)))
            lost.append(float(loss.detach()))
        print(f"{name}, epoch {epoch + 1} of {plan.epochs}: loss {np.mean(lost):.3f}", flush=True)
    with torch.no_grad():
        for kept, parameter in zip(mean, parameters):
            parameter.copy_(kept)
    return network.eval()


def portions(given: list[tuple], together: int, drawn: np.random.Generator) -> list[list[tuple]]:
    """Examples in random portions, each of passages of like length."""
    order, found = drawn.permutation(len(given)), []
    for begin in range(0, len(order), together * 16):
        some = sorted(order[begin : begin + together * 16], key=lambda nth: size(given[nth][0]))
        found += [[given[nth] for nth in some[at : at + together]] for at in range(0, len(some), together)]
    return [found[nth] for nth in drawn.permutation(len(found))]


def size(read: object) -> int:
    """How many tokens or pieces are read."""
    return len(read.tag) if isinstance(read, Words) else len(read[1])


# --- the networks over words -------------------------------------------------------------------------------------------------------

PLANS = [Plan(9, 9, 64, 1e-3, 0.05, 0.995, seed) for seed in (1, 2, 3)]
WIDTH, STATIC, INNER, ASKING = 128, 96, 128, 4
WIDE = {"tag": 16, "dep": 16, "lemma": 16, "up": 12, "down": 12, "distance": 12}
DROPPED, DROPPED_WORDS = 0.3, 0.1


class OverWords(nn.Module):
    """What one network of `sentiment.Network` computes, to be learned. Its parts are named as there."""

    def __init__(self, lemmas: list[str]):
        super().__init__()
        self._lemmas = {lemma: nth + 1 for nth, lemma in enumerate(lemmas)}
        values = {"tag": len(TAGS) + 1, "dep": len(DEPS) + 1, "lemma": LEMMAS + 1}
        values |= {"up": STEPS + 1, "down": STEPS + 1, "distance": 2 * NEAR + 1}
        self.static = nn.Linear(300, STATIC, bias=False)
        self.embedded = nn.ModuleDict({name: nn.Embedding(values[name], WIDE[name]) for name in EMBEDDED})
        self.input = nn.Linear(STATIC + 96 + sum(WIDE.values()) + 2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.along = nn.GRU(WIDTH, WIDTH // 2, batch_first=True, bidirectional=True)
        self.key, self.query = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.score, self.value = nn.Linear(WIDTH, ASKING), nn.Linear(WIDTH, WIDTH)
        self.inner, self.tone = nn.Linear(4 * WIDTH, INNER), nn.Linear(INNER, len(TONES))

    def forward(self, passages: list[Words]) -> torch.Tensor:
        def dropped(x: torch.Tensor) -> torch.Tensor:
            return F.dropout(x, DROPPED, self.training)

        lengths = torch.tensor([len(words.tag) for words in passages])
        real = torch.arange(int(lengths.max())) < lengths[:, None]
        words = padded([sentiment.static(words.row) for words in passages])
        if self.training:
            words = words * (torch.rand(real.shape) > DROPPED_WORDS)[..., None]
        numbers = {name: padded([self._column(one, name) for one in passages]) for name in EMBEDDED}
        rows = {name: self.embedded[name](numbers[name]) for name in EMBEDDED}
        parts = [self.static(words), padded([words.vectors for words in passages]) / 2, *rows.values()]
        parts.append(padded([words.flags for words in passages]))
        hidden = self.norm(F.relu(self.input(dropped(torch.cat(parts, dim=2)))))
        packed = nn.utils.rnn.pack_padded_sequence(dropped(hidden), lengths, batch_first=True, enforce_sorted=False)
        along, _ = nn.utils.rnn.pad_packed_sequence(self.along(packed)[0], batch_first=True)
        hidden = hidden + along
        target = hidden[torch.arange(len(passages)), torch.tensor([words.target for words in passages])]
        score = self.score(torch.tanh(self.key(hidden) + self.query(target)[:, None]))
        weight = score.masked_fill(~real[..., None], -1e4).softmax(dim=1)
        heads = self.value(hidden).reshape(*score.shape, -1)
        pooled = (weight[..., None] * heads).sum(dim=1).flatten(1)
        most = hidden.masked_fill(~real[..., None], -1e4).amax(dim=1)
        mean = (hidden * real[..., None]).sum(dim=1) / lengths[:, None]
        made = F.relu(self.inner(dropped(torch.cat([target, pooled, most, mean], dim=1))))
        return self.tone(dropped(made))

    def _column(self, words: Words, name: str) -> np.ndarray:
        return (
            np.array([self._lemmas.get(lemma, 0) for lemma in words.lemma]) if name == "lemma" else getattr(words, name)
        )

    def numbers(self) -> dict[str, np.ndarray]:
        """Its arrays under the names that `sentiment.Network` reads."""
        found = {}
        for key, array in self.state_dict().items():
            part, _, kind = key.removeprefix("embedded.").rpartition(".")
            if part == "along":
                way = "backward" if kind.endswith("_reverse") else "forward"
                part = f"{way}_{'given' if '_ih_' in kind else 'state'}"
                kind = kind.split("_")[0]
            name = {"norm": {"weight": "norm"}}.get(part, {}).get(kind) or (
                part if kind == "weight" else f"{part}_bias"
            )
            found[name] = array.numpy().astype(np.float16)
        return found


def padded(arrays: list[np.ndarray]) -> torch.Tensor:
    """Arrays side by side, zeros beyond their ends."""
    return nn.utils.rnn.pad_sequence(
        [torch.from_numpy(np.ascontiguousarray(array)) for array in arrays], batch_first=True
    )


def over_words(marked: list[Example], others: list[Example], plans: list[Plan]) -> dict[str, np.ndarray]:
    """The numbers of the file of networks over words: several, each with its own beginning, one behind the other."""
    read = [list(sentiment.read([e.passage for e in some])) for some in (marked, others)]
    counts = Counter(lemma for words in read[0] for lemma in words.lemma)
    lemmas = [lemma for lemma, _ in counts.most_common(LEMMAS)]
    given, more = (list(zip(words, (e.aim for e in some))) for words, some in zip(read, (marked, others)))
    members = []
    for nth, plan in enumerate(plans):
        torch.manual_seed(plan.seed)
        members.append(learn(f"words, network {nth + 1}", OverWords(lemmas), plan, given, more).numbers())
    return {name: np.stack([member[name] for member in members]) for name in members[0]} | {"lemmas": np.array(lemmas)}


# --- the transformer ---------------------------------------------------------------------------------------------------------------

UPPER = Plan(4, 6, 32, 1e-3, 0.01, 0.99, seed=0)  # stopped early: in the fifth epoch what was held out got worse
FIRST, RANK = 3, 16  # the lowest layer that is changed; the rank of a change
DROPPED_STATES = 0.1


class Changed(nn.Module):
    """A matrix of the transformer that stays, with a change of low rank and a bias that are learned."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray):
        super().__init__()
        self.register_buffer("weight", torch.tensor(weight))
        self.bias = nn.Parameter(torch.tensor(bias))
        self.A = nn.Parameter(torch.randn(RANK, weight.shape[1]) / math.sqrt(weight.shape[1]))
        self.B = nn.Parameter(torch.zeros(weight.shape[0], RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        change = F.linear(F.linear(F.dropout(x, 0.05, self.training), self.A), self.B)
        return F.linear(x, self.weight, self.bias) + change


class UpperLayer(nn.Module):
    """A layer of a transformer that is changed. Its parts are named as in `embeddings`; known: the transformer's arrays."""

    def __init__(self, kind: embeddings.Kind, nth: int, known: dict[str, np.ndarray]):
        super().__init__()
        self.heads = kind.heads
        for part, name in zip((*embeddings.MATRICES, *embeddings.NORMS), kind.parts, strict=True):
            weight, bias = (known[f"encoder.layer.{nth}.{name}.{what}"] for what in ("weight", "bias"))
            if part in embeddings.MATRICES:
                setattr(self, part, Changed(weight, bias))
            else:
                norm = nn.LayerNorm(kind.width, eps=kind.least)
                norm.weight.data, norm.bias.data = torch.tensor(weight), torch.tensor(bias)
                setattr(self, part, norm)

    def forward(self, hidden: torch.Tensor, added: torch.Tensor) -> torch.Tensor:
        def parted(x: torch.Tensor) -> torch.Tensor:
            return x.unflatten(2, (self.heads, -1)).transpose(1, 2)

        seen = F.scaled_dot_product_attention(
            parted(self.query(hidden)), parted(self.key(hidden)), parted(self.value(hidden)), added
        )
        hidden = self.norm1(hidden + self._dropped(self.out(seen.transpose(1, 2).flatten(2))))
        return self.norm2(hidden + self._dropped(self.narrow(F.gelu(self.wide(hidden)))))

    def _dropped(self, x: torch.Tensor) -> torch.Tensor:
        return F.dropout(x, DROPPED_STATES, self.training)


class OverPieces(nn.Module):
    """What `sentiment.Upper` computes above the layers that stay, to be learned. It reads pairs: the states below, which pieces are the target's."""

    def __init__(self):
        super().__init__()
        kind, known = embeddings.SMALL, embeddings.weights(embeddings.SMALL)
        self.first = FIRST
        self.layers = nn.ModuleDict({str(nth): UpperLayer(kind, nth, known) for nth in range(FIRST, kind.layers)})
        self.target = nn.Parameter(torch.randn(kind.width) * 0.02)
        self.inner, self.tone = nn.Linear(2 * kind.width, INNER), nn.Linear(INNER, len(TONES))

    def forward(self, passages: list[tuple[np.ndarray, np.ndarray]]) -> torch.Tensor:
        lengths = torch.tensor([len(target) for _, target in passages])
        real = torch.arange(int(lengths.max())) < lengths[:, None]
        hidden = padded([below.astype(np.float32) for below, _ in passages])
        chosen = padded([target.astype(np.float32) for _, target in passages])[..., None]
        hidden = F.dropout(hidden + chosen * self.target, DROPPED_STATES, self.training)
        added = torch.where(real, 0.0, -1e9)[:, None, None]
        for layer in self.layers.values():
            hidden = layer(hidden, added)
        every = real[..., None].float()
        pooled = [(hidden * some).sum(dim=1) / some.sum(dim=1) for some in (chosen, every)]
        made = F.gelu(self.inner(F.dropout(torch.cat(pooled, dim=1), DROPPED_STATES, self.training)))
        return self.tone(F.dropout(made, 2 * DROPPED_STATES, self.training))


def changes(network: nn.Module) -> dict[str, np.ndarray]:
    """A network's arrays under the names that `embeddings.Transformer` reads, and those above it. The matrices that are changed lie in the wheel."""
    found = {"first": np.array(network.first)}
    for key, array in network.state_dict().items():
        name = key.removeprefix("layers.")
        if "." in name and not name[0].isdigit():
            part, _, kind = name.partition(".")
            name = part if kind == "weight" else f"{part}_bias"
        if not (name[0].isdigit() and name.endswith(".weight") and ".norm" not in name):
            found[name] = array.numpy().astype(np.float16)
    return found


def over_pieces(marked: list[Example], others: list[Example], plan: Plan) -> dict[str, np.ndarray]:
    """The numbers of the transformer's file, but for how much it weighs."""
    torch.manual_seed(plan.seed)
    transformer = embeddings.Transformer(embeddings.SMALL, {})

    def given(some: list[Example]) -> list[tuple]:
        cut = [embeddings.pieces(*e.passage, embeddings.SMALL) for e in some]
        below = transformer.states([numbers for numbers, _ in cut], range(FIRST))
        return [((states.astype(np.float16), target), e.aim) for states, (_, target), e in zip(below, cut, some)]

    return changes(learn("transformer", OverPieces(), plan, given(marked), given(others)))


def opinions(path: Path, passages: list[tuple[str, int, int]]) -> np.ndarray:
    """What the transformer with the numbers of a file makes of passages: (passages, 3), logarithms of likelihoods."""
    upper, found = sentiment.Upper(data.arrays(path)), []
    for begin in range(0, len(passages), 512):  # so that not all states lie in memory at once
        found.append(upper.logits(passages[begin : begin + 512]))
    return np.concatenate(found)


# --- how far to believe them -------------------------------------------------------------------------------------------------------


def heavier(first: np.ndarray, second: np.ndarray, tones: np.ndarray) -> float:
    """The weight of the first logits against the second, in tenths, under which the right tones are likeliest."""
    return min((nth / 10 for nth in range(11)), key=lambda w: unlikely(w * first + (1 - w) * second, tones))


def unlikely(logits: np.ndarray, tones: np.ndarray) -> float:
    """The mean of minus the logarithm of the right tone's likelihood."""
    logits = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -float(logits[np.arange(len(tones)), tones].mean())


def believed(logits: np.ndarray, tones: np.ndarray) -> dict[str, float]:
    """How far to believe the likeliest tone's share."""
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return beliefs.fitted(shares.max(axis=1), shares.argmax(axis=1) == tones)


def told(name: str, logits: np.ndarray, tones: np.ndarray) -> str:
    """How good it is on the texts held out, in words."""
    answers = logits.argmax(axis=1)
    share = np.mean(
        [
            2 * ((answers == t) & (tones == t)).sum() / max(1, ((answers == t).sum() + (tones == t).sum()))
            for t in range(3)
        ]
    )
    return (
        f"{name}, held out: macro-F1 {100 * share:.1f}, right {100 * (answers == tones).mean():.1f} %, of {len(tones)}"
    )


def main(given: list[str] | None = None) -> int:
    """Learn and write. Exit status: 0, or 2 where the folder does not hold the corpus."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learn_tone", description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="holds newsmtsc_train.jsonl")
    parser.add_argument("--rows", type=int, metavar="N", help="learn from N rows only: a trial")
    parser.add_argument("--epochs", type=int, metavar="N", help="see the rows N times only: a trial")
    parser.add_argument("--output", type=Path, metavar="DIR", help="write there and not into data/")
    options = parser.parse_args(given)
    if (options.rows or options.epochs) and not options.output:
        parser.error("a trial needs --output")
    corpus = options.folder / "newsmtsc_train.jsonl"
    if not corpus.exists():
        print(f"{options.folder}: no newsmtsc_train.jsonl in it (benchmarks/README.md)", file=sys.stderr)
        return 2
    rows = corpora.read(corpus)[: options.rows]
    models, reference = ((options.output or data.folder()) / part for part in ("models", "reference"))
    marked, others = examples(rows)
    held = [e for e in marked if held_out(e)]
    marked, others = ([e for e in some if not held_out(e)] for some in (marked, others))
    tones = np.array([int(np.argmax(e.aim)) for e in held])
    plans = [replace(plan, epochs=options.epochs or plan.epochs) for plan in [*PLANS, UPPER]]

    found = {}
    if embeddings.installed():
        upper = over_pieces(marked, others, plans[-1]) | {"weight": np.array(1, dtype=np.float32)}
        np.savez_compressed(models / "tone_embeddings.npz", **upper)
        by_pieces = opinions(models / "tone_embeddings.npz", [e.passage for e in held])
        print(told("transformer", by_pieces, tones), flush=True)
    np.savez_compressed(models / "tone.npz", **over_words(marked, others, plans[:-1]))
    words = sentiment.Network(data.arrays(models / "tone.npz"))
    by_words = np.concatenate([words.logits([one]) for one in sentiment.read([e.passage for e in held])])
    found["words"] = believed(by_words, tones)
    print(told("words", by_words, tones), flush=True)
    if embeddings.installed():
        weight = heavier(by_pieces, by_words, tones)
        np.savez_compressed(models / "tone_embeddings.npz", **upper | {"weight": np.array(weight, dtype=np.float32)})
        both = weight * by_pieces + (1 - weight) * by_words
        found["embeddings"] = believed(both, tones)
        print(told(f"both, {weight} of it the transformer", both, tones), flush=True)
    beliefs.write(reference / "tone_scores.csv", found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
