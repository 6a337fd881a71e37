"""Small sentence models of our own, as folders: each known word has a vector, the rest mean nothing."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

WIDTH = 16
# Words of one line mean the same.
MEANINGS = (
    ("quake", "earthquake", "tremor", "temblor"),
    ("shakes", "rattles", "jolts", "hits"),
    ("harbour", "port", "docks"),
    ("council", "town", "hall"),
    ("raises", "lifts", "increases"),
    ("fares", "prices", "tickets"),
)


def vectors_of(meanings: Sequence[Sequence[str]] = MEANINGS) -> dict[str, np.ndarray]:
    """A vector a meaning, at right angles to the others."""
    return {word: np.eye(WIDTH)[place + 1] for place, words in enumerate(meanings) for word in words}


def write_model(
    folder: Path,
    vectors: Mapping[str, np.ndarray],
    *,
    cls: bool = False,
    whole: bool = False,
    longest: int = 64,
) -> Path:
    """A folder as sentence-transformers writes one; `whole` gives a vector a text, not a token."""
    words = {"[PAD]": 0, "[UNK]": 1} | {word: place + 2 for place, word in enumerate(vectors)}
    table = np.zeros((len(words), WIDTH), np.float32)
    for word, vector in vectors.items():
        table[words[word]] = vector
    _write_onnx(folder / "onnx" / "model.onnx", table, whole)
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": cls}))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": longest}))
    return folder


def _write_onnx(file: Path, table: np.ndarray, whole: bool) -> None:
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])
    mask = helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch", "tokens"])
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    shape: list[str | int] = ["batch", "tokens", WIDTH]
    if whole:
        nodes.append(helper.make_node("ReduceMean", ["last_hidden_state", "axes"], ["embedding"], keepdims=0))
        shape = ["batch", WIDTH]
    told = helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, shape)
    constants = [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array([1]), "axes")]
    graph = helper.make_graph(nodes, "words", [ids, mask], [told], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    file.parent.mkdir(parents=True)
    onnx.save(model, str(file))
