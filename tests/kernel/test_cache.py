from __future__ import annotations

import threading
import time

import pytest

from loyalty.kernel.cache import MemoryCache, RedisCache, open_cache


@pytest.fixture(params=["memory", "redis"])
def cache(request):
    if request.param == "memory":
        return MemoryCache()
    return RedisCache(request.getfixturevalue("redis_url"))


def test_what_is_set_is_found_until_it_expires(cache):
    cache.set("a", "1", seconds=1)
    assert cache.get("a") == "1"
    time.sleep(1.1)
    assert cache.get("a") is None


def test_only_the_first_claims_a_key(cache):
    assert cache.add("nonce", seconds=30)
    assert not cache.add("nonce", seconds=30)
    cache.delete("nonce")
    assert cache.add("nonce", seconds=30)


def test_a_count_grows_within_its_window_and_starts_again_after_it(cache):
    assert [cache.count("tries", seconds=1) for _ in range(3)] == [1, 2, 3]
    time.sleep(1.1)
    assert cache.count("tries", seconds=1) == 1


def test_many_threads_claim_a_key_once(cache):
    claimed = []
    barrier = threading.Barrier(16)

    def claim():
        barrier.wait()
        claimed.append(cache.add("once", seconds=30))

    threads = [threading.Thread(target=claim) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(claimed) == 1


def test_an_empty_url_means_memory():
    assert isinstance(open_cache(""), MemoryCache)


def test_without_redis_the_process_goes_on_in_memory(tmp_path):
    cache = RedisCache(f"unix://{tmp_path}/nobody-listens.sock")
    cache.set("a", "1", seconds=30)
    assert cache.get("a") == "1"
    assert cache.add("n", seconds=30)
    assert not cache.add("n", seconds=30)
    assert cache.count("c", seconds=30) == 1


def test_a_full_memory_forgets_the_expired_first(monkeypatch):
    monkeypatch.setattr("loyalty.kernel.cache._MOST_KEYS", 3)
    cache = MemoryCache()
    cache.set("old", "1", seconds=0)
    cache.set("a", "1", seconds=30)
    cache.set("b", "1", seconds=30)
    cache.set("c", "1", seconds=30)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ("1", "1", "1")
