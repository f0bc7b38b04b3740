"""A tenant for the test: the generated Contoso case, its audit log cut into overlapping exports and its sign-ins into
pages, so that shards share records.

    tenant.py FROM INTO
"""
import csv, json, os, shutil, sys

PIECES, OVERLAP = 6, 150


def main(source, target):
    os.makedirs(target)
    for name in sorted(os.listdir(source)):
        path = os.path.join(source, name)
        stem, kind = os.path.splitext(name)
        if kind == ".csv":
            with open(path, encoding="utf-8-sig", newline="") as file:
                heads, *rows = list(csv.reader(file))
            step = len(rows) // PIECES + 1
            for piece in range(PIECES):
                with open(os.path.join(target, f"{stem}_{piece}.csv"), "w", encoding="utf-8", newline="") as file:
                    csv.writer(file).writerows([heads, *rows[piece * step:(piece + 1) * step + OVERLAP]])
        elif kind == ".json":
            with open(path, encoding="utf-8-sig") as file:
                records = json.load(file)
            for piece in range(PIECES):
                with open(os.path.join(target, f"{stem}_{piece}.json"), "w", encoding="utf-8") as file:
                    json.dump(records[piece::PIECES], file, ensure_ascii=False)
        else:
            shutil.copy(path, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
