"""Baseline of the search benchmark: FAISS's exact inner-product index over random unit vectors. Prints one JSON object.

pip install faiss-cpu numpy
python test/bench/search/faiss_flat.py --rows 1000000 --threads 2
"""

import argparse
import json
import time

import faiss
import numpy as np

LIMIT = 10
WARM_UP_SEARCHES = 2
ROWS_AT_A_TIME = 100_000


def unit_rows(rows, dimension, generator):
    values = generator.random((rows, dimension), dtype=np.float32) * 2 - 1
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    return values


def timing(search, rounds):
    for _ in range(WARM_UP_SEARCHES):
        search()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        search()
        times.append(1000 * (time.perf_counter() - started))
    return {"median": float(np.median(times)), "fastest": min(times), "slowest": max(times)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--batch", type=int, default=100, help="probes of a batch")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    faiss.omp_set_num_threads(options.threads)
    generator = np.random.default_rng(options.seed)
    index = faiss.IndexFlatIP(options.dimension)
    for first in range(0, options.rows, ROWS_AT_A_TIME):
        count = min(ROWS_AT_A_TIME, options.rows - first)
        index.add(unit_rows(count, options.dimension, generator))
    probes = unit_rows(options.batch, options.dimension, generator)
    one_probe = timing(lambda: index.search(probes[:1], LIMIT), options.rounds)
    batch = timing(lambda: index.search(probes, LIMIT), min(options.rounds, 3))
    print(
        json.dumps(
            {
                "name": f"FAISS {faiss.__version__} IndexFlatIP",
                "rows": options.rows,
                "dimension": options.dimension,
                "threads": options.threads,
                "batchProbes": options.batch,
                "unit": "ms",
                "oneProbe": one_probe,
                "batch": batch,
            }
        )
    )


if __name__ == "__main__":
    main()
