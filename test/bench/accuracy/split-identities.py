"""Splits identity folders for identification of people whom a student has never seen: OUT/train to learn from, OUT/unseen to enrol,
OUT/probes.txt with the 60 of those who have 16 pictures or more and are searched for; 490 others stand beside them.

    python3 split-identities.py FACES OUT
"""

import pathlib
import random
import shutil
import sys

PROBES, OTHERS, LEAST_PICTURES, SEED = 60, 490, 16, 1

faces, out = map(pathlib.Path, sys.argv[1:3])
identities = sorted(folder.name for folder in faces.iterdir() if folder.is_dir())
pictures = {name: sum(1 for _ in (faces / name).glob("*.jpg")) for name in identities}
draw = random.Random(SEED)
probes = set(draw.sample([name for name in identities if pictures[name] >= LEAST_PICTURES], PROBES))
others = set(draw.sample([name for name in identities if name not in probes], OTHERS))
for name in identities:
    shutil.copytree(faces / name, out / ("unseen" if name in probes | others else "train") / name)
(out / "probes.txt").write_text("".join(f"{name}\n" for name in sorted(probes)))
