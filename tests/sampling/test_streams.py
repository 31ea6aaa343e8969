"""Streams are named without ambiguity and the same everywhere."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.sampling.streams import random_words, stream_key

PINNED = [0xB6766C0894D8F1C6, 0x602F9ED4EF53C303]

parts = st.lists(st.one_of(st.text(max_size=4), st.integers(0, 300)), max_size=4)


@given(parts, parts)
def test_names_are_unambiguous(one, other):
    """Two lists of parts share a key only when they are the same list, types included."""
    same = one == other and [type(x) for x in one] == [type(x) for x in other]
    assert (stream_key(7, *one) == stream_key(7, *other)) == same


def test_parts_do_not_run_together():
    """("a", "bc") is not ("ab", "c"), 1 is not "1", and nothing is not the empty text."""
    keys = [("a", "bc"), ("ab", "c"), ("abc",), (1,), ("1",), (), ("",), (0,), ("0",)]
    assert len({stream_key(0, *key) for key in keys}) == len(keys)


def test_any_seed_from_zero():
    """Seed 0 is a seed like another, large seeds are not cut, negative ones are refused."""
    seeds = [0, 1, 2**32, 2**64, 2**64 + 1, 10**40]
    assert len({stream_key(seed, "x") for seed in seeds}) == len(seeds)
    with pytest.raises(ValueError, match="start at 0"):
        stream_key(-1, "x")


def test_key_is_the_stated_hash():
    """The key can be made by hand: SHA-256 of type, length and content of every part."""
    by_hand = b"i" + (1).to_bytes(8, "big") + b"\x07" + b"s" + (2).to_bytes(8, "big") + b"fx"
    assert stream_key(7, "fx") == hashlib.sha256(by_hand).digest()


def test_words_are_pinned():
    """The words of a stream are those of every other machine and version."""
    words = random_words(stream_key(20071031, "rates.chf_per_usd", 3), 2)
    assert words.tolist() == PINNED


def test_more_words_extend_fewer():
    """Asking for more words keeps the first ones."""
    key = stream_key(0)
    np.testing.assert_array_equal(random_words(key, 100)[:7], random_words(key, 7))
    assert random_words(key, 0).shape == (0,)
    assert random_words(key, 3).dtype == np.uint64


def test_bits_are_even():
    """Every bit of the words is set half of the time, within five standard errors."""
    words = random_words(stream_key(1, "bits"), 20_000)
    share = ((words[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)).mean(axis=0)
    assert np.abs(share - 0.5).max() < 5 * 0.5 / np.sqrt(len(words))
