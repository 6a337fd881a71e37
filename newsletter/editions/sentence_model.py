"""A sentence model from a folder of the operator's: texts to vectors, on this machine's processor.

The folder is as sentence-transformers and Optimum write one: `tokenizer.json`, an ONNX file, and notes on
pooling and length. Only data is read from it, no code is run and nothing is fetched. `onnxruntime` and
`tokenizers` come with the extra `vectors`; they are loaded when the first text is.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

_FILES = ("onnx/model.onnx", "model.onnx", "onnx/model_quantized.onnx", "model_quantized.onnx")
_MOST_TOKENS = 128
_BATCH = 32


class VectorsUnusable(Exception):
    """The folder holds no model that can be used, or the extra is missing; the text says what to do."""


class SentenceModel:
    """Called with texts it gives one row each, of unit length, as float32."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, texts: Sequence[str]) -> Any:
        """Raises `VectorsUnusable`."""
        import numpy as np

        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        rows: dict[int, Any] = {}
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            rows |= dict(zip(places, self._batch([texts[place] for place in places]), strict=True))
        found = np.stack([rows[place] for place in range(len(texts))])
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)

    @property
    def name(self) -> str:
        """Another one once the model's file is another."""
        stat = self._file.stat()
        return f"{self._file.name} {stat.st_size} {stat.st_mtime_ns}"

    def check(self) -> int:
        """How many numbers a vector has. Raises `VectorsUnusable`."""
        return int(self(["Rain is expected in the north."]).shape[1])

    def _batch(self, texts: Sequence[str]) -> Any:
        import numpy as np

        session = self._session
        encoded = self._tokenizer.encode_batch(list(texts))
        given = {
            "input_ids": np.array([one.ids for one in encoded], np.int64),
            "attention_mask": np.array([one.attention_mask for one in encoded], np.int64),
            "token_type_ids": np.array([one.type_ids for one in encoded], np.int64),
        }
        wanted = {one.name: given[one.name] for one in session.get_inputs() if one.name in given}
        try:
            answers = session.run(None, wanted)
        except Exception as error:  # onnxruntime's own errors share no base
            raise VectorsUnusable(f"the model in {self.folder} could not be run: {error}") from error
        return self._pooled(answers, given["attention_mask"])

    def _pooled(self, answers: Sequence[Any], mask: Any) -> Any:
        """One vector a text: the model's own, else of its first token, else the mean of all."""
        import numpy as np

        whole = next((one for one in answers if one.ndim == 2 and len(one) == len(mask)), None)
        if whole is not None:
            return whole.astype(np.float32)
        tokens = next((one for one in answers if one.ndim == 3 and one.shape[:2] == mask.shape), None)
        if tokens is None:
            raise VectorsUnusable(f"the model in {self.folder} gives no vectors of sentences or tokens")
        if self._note("1_Pooling/config.json").get("pooling_mode_cls_token"):
            return tokens[:, 0].astype(np.float32)
        counted = mask[:, :, None].astype(np.float32)
        return (tokens * counted).sum(axis=1) / np.maximum(counted.sum(axis=1), 1)

    @cached_property
    def _file(self) -> Path:
        found = next((self.folder / name for name in _FILES if (self.folder / name).is_file()), None)
        if found is None:
            raise VectorsUnusable(
                f"{self.folder} holds no ONNX model: there should be {_FILES[0]}. Where the model comes"
                " without one, `optimum-cli export onnx` makes it"
            )
        return found

    @cached_property
    def _session(self) -> Any:
        onnxruntime = _extra("onnxruntime")
        options = onnxruntime.SessionOptions()
        # One core: the others send mail.
        options.log_severity_level = 3
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            return onnxruntime.InferenceSession(str(self._file), options, ["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own errors share no base
            raise VectorsUnusable(f"{self._file} is no model that can be loaded: {error}") from error

    @cached_property
    def _tokenizer(self) -> Any:
        tokenizers = _extra("tokenizers")
        try:
            tokenizer = tokenizers.Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        except Exception as error:  # a plain Exception is what it raises
            raise VectorsUnusable(f"{self.folder}/tokenizer.json cannot be read: {error}") from error
        told = self._note("sentence_bert_config.json").get("max_seq_length")
        tokenizer.enable_truncation(min(told, _MOST_TOKENS) if isinstance(told, int) else _MOST_TOKENS)
        tokenizer.enable_padding()
        return tokenizer

    def _note(self, name: str) -> dict[str, Any]:
        try:
            told = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}


def _extra(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise VectorsUnusable(
            f"{name} is not installed: install the extra, as `pip install 'newsletter[vectors]'` does"
        ) from error
