"""The sentence vectors an installation uses, as its settings say; none where they cannot be used."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import structlog

from newsletter.config import Settings
from newsletter.editions.kept_vectors import KeptVectors
from newsletter.editions.pair_meaning import Meaning
from newsletter.editions.sentence_model import SentenceModel, VectorsUnusable

log = structlog.get_logger()


def meaning_of(settings: Settings, today: date) -> Meaning | None:
    """What tells how articles are alike in meaning; None without a model, or with one that cannot be used.

    An edition is made all the same: the log says why its stories were told apart by their words alone.
    """
    if settings.vectors is None:
        return None
    model = SentenceModel(settings.vectors)
    try:
        model.check()
    except VectorsUnusable as error:
        log.error("vectors cannot be used, stories are told apart by words alone", reason=str(error))
        return None
    return _careful(KeptVectors(settings.data_dir / "vectors.db", model.name, model, today))


def _careful(meaning: Meaning) -> Meaning:
    """The same, but None where it fails: no edition is late because of a model."""

    def tried(texts: Sequence[str]) -> Any:
        try:
            return meaning(texts)
        except Exception:
            log.exception("vectors cannot be used, stories are told apart by words alone")
            return None

    return tried
