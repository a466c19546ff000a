"""Learn what speaks for a line being story: `python -m benchmarks.extract.learn DATA`, with lightgbm installed.

Reads the development pages of a folder in the format that `make bench-extract` reads, and writes the words' odds and
the trees that the parse stage carries. The lexicon that describes a page is learned from other sites than its own,
as it will be in use. Prints what five-fold cross-validation by site gives.
"""

from __future__ import annotations

import argparse
import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import lightgbm
import msgspec
import numpy as np
import zstandard
from selectolax.lexbor import LexborHTMLParser

from benchmarks.extract.collection import Collection, Page, open_collection
from wireroom.contracts import FetchedPage
from wireroom.parse import forest
from wireroom.parse.body import PROBABLE, hints_of
from wireroom.parse.charset import decode
from wireroom.parse.metadata import read_metadata
from wireroom.parse.outline import Line, Outline, outline
from wireroom.parse.signs import NAMES, Hints, Lexicon, Signs, read_signs, words_at_ends, words_of

FOLDS = 5
LEAST_SITES = 4
"""On so many sites a word must stand to count."""
LEAST_ODDS = 0.2
MOST_ODDS = 3.0
SETTINGS = {
    "objective": "binary", "num_leaves": 12, "learning_rate": 0.08, "min_data_in_leaf": 30, "bagging_fraction": 0.7,
    "bagging_freq": 1, "feature_fraction": 0.5, "lambda_l2": 5.0, "num_threads": 1, "seed": 1, "verbose": -1,
}  # fmt: skip
TREES = 160
