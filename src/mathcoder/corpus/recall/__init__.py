"""Recall: which web pages are mathematical, told by fastText in two rounds.

    >>> from mathcoder.corpus.recall import RecallModel, label_by_rules, train_two_rounds
    >>> model = train_two_rounds(mathematical, others, crawl, label_by_rules, labels="rules")  # doctest: +SKIP
    >>> model.save("recall.model")  # doctest: +SKIP
    >>> RecallModel.load("recall.model").score(["Let $p$ be a prime."])  # doctest: +SKIP

fastText is imported when a model is trained or loaded.
"""

from mathcoder.corpus.recall.annotate import ModelLabeller
from mathcoder.corpus.recall.classifier import RecallModel, Training, train_two_rounds
from mathcoder.corpus.recall.curve import Point, measured
from mathcoder.corpus.recall.fasttext_model import Parameters
from mathcoder.corpus.recall.frames import judged_frame
from mathcoder.corpus.recall.labels import MATHEMATICAL, TYPES, Label, Labeller, Unlabelled
from mathcoder.corpus.recall.rules import label_by_rules, rule_label
from mathcoder.corpus.recall.samples import Sample, site_of

__all__ = [
    "MATHEMATICAL",
    "TYPES",
    "Label",
    "Labeller",
    "ModelLabeller",
    "Parameters",
    "Point",
    "RecallModel",
    "Sample",
    "Training",
    "Unlabelled",
    "judged_frame",
    "label_by_rules",
    "measured",
    "rule_label",
    "site_of",
    "train_two_rounds",
]
