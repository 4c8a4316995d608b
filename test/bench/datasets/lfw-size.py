"""Draws a set of LFW's size out of identity folders: 6,000 pairs in 10 folds over some 7,701 images, for timing alone.

python3 test/bench/datasets/lfw-size.py <identity folders> <out>
"""

import os
import random
import shutil
import sys

FOLDS, PAIRS, IMAGES = 10, 300, 7701


def main(source: str, out: str) -> None:
    random.seed(1)
    people = {}
    for identity in sorted(os.listdir(source)):
        images = sorted(os.listdir(f"{source}/{identity}"))
        if len(images) >= 2:
            people[f"P{identity}"] = [f"{source}/{identity}/{image}" for image in images]
    for name, images in people.items():
        os.makedirs(f"{out}/lfw/{name}")
        for number, image in enumerate(images, 1):
            shutil.copy(image, f"{out}/lfw/{name}/{name}_{number:04d}.jpg")
    names = list(people)
    random.shuffle(names)
    used = set()

    def pick(name: str, fold: int) -> int:
        """A picture that is in no pair yet, until there are as many as LFW has."""
        numbers = range(1, len(people[name]) + 1)
        free = [number for number in numbers if (name, number) not in used]
        wants_more = len(used) < IMAGES * (fold + 1) / FOLDS
        number = random.choice(free if free and wants_more else list(numbers))
        used.add((name, number))
        return number

    with open(f"{out}/pairs.txt", "w") as pairs:
        pairs.write(f"{FOLDS}\t{PAIRS}\n")
        size = len(names) // FOLDS
        for fold in range(FOLDS):
            own = names[fold * size : (fold + 1) * size]
            genuine = [(n, a, b) for n in own for a in range(1, len(people[n])) for b in range(a + 1, len(people[n]) + 1)]
            for name, first, second in random.sample(genuine, PAIRS):
                used.update({(name, first), (name, second)})
                pairs.write(f"{name}\t{first}\t{second}\n")
            for _ in range(PAIRS):
                left, right = random.sample(own, 2)
                pairs.write(f"{left}\t{pick(left, fold)}\t{right}\t{pick(right, fold)}\n")
    print(f"{len(used)} images in pairs")


main(*sys.argv[1:3])
