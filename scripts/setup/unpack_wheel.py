"""Unpacks parts of a wheel: unpack_wheel.py WHEEL FOLDER PARTS, PARTS being JSON pairs [prefix inside, prefix in FOLDER].

Exit codes: 0 done, 3 no space left, 4 not a readable wheel or a part is absent.
"""

import errno
import json
import os
import shutil
import sys
import zipfile


def main(wheel, folder, parts):
    found = {inside: 0 for inside, _ in parts}
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            for inside, target in parts:
                if not entry.filename.startswith(inside) or entry.is_dir():
                    continue
                found[inside] += 1
                path = os.path.join(folder, target + entry.filename[len(inside):])
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with archive.open(entry) as source, open(path, "wb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
                os.chmod(path, 0o755 if (entry.external_attr >> 16) & 0o100 else 0o644)
                break
    absent = [inside for inside, count in found.items() if count == 0]
    if absent:
        sys.exit(fail(4, "the wheel has no " + ", ".join(absent)))


def fail(code, message):
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
    except zipfile.BadZipFile as error:
        sys.exit(fail(4, str(error)))
    except OSError as error:
        sys.exit(fail(3 if error.errno in (errno.ENOSPC, errno.EDQUOT) else 1, str(error)))
