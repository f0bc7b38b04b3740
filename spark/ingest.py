"""Evidence into a case on a Spark cluster: executors run the same bectrace binary, each on its share of the files.

    spark-submit ingest.py --binary ./bectrace --out /shared/case /shared/evidence

Evidence and case lie on storage that every executor sees under the same path. Run again after a failure: what the
case has already is passed over. Exits like `bectrace ingest` (3: evidence was lost or is doubtful).
"""
import argparse, os, subprocess, sys

from pyspark import SparkFiles
from pyspark.sql import SparkSession


def files(named):
    """Every file by its absolute path, in order; links to folders are not followed."""
    for path in sorted(map(os.path.abspath, named)):
        if os.path.isdir(path):
            yield from sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
        else:
            yield path


def shares(paths, least):
    """Neighbours together until a share is large enough: many small files make few shards."""
    share, size = [], 0
    for path in paths:
        share, size = share + [path], size + os.path.getsize(path)
        if size >= least:
            yield share
            share, size = [], 0
    if share:
        yield share


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("evidence", nargs="+")
    words.add_argument("--out", required=True, help="case folder")
    words.add_argument("--binary", required=True, help="bectrace, for the executors' machines")
    words.add_argument("--shard-mb", type=float, default=1024, help="evidence of one shard, at least")
    args = words.parse_args()
    context = SparkSession.builder.appName("bectrace ingest").getOrCreate().sparkContext
    context.addFile(os.path.abspath(args.binary))
    binary, case = os.path.basename(args.binary), os.path.abspath(args.out)
    threads = context.getConf().get("spark.task.cpus", "1")

    def read(share):
        command = [SparkFiles.get(binary), "ingest", *share, "--append", "--out", case, "--threads", threads, "-q"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode not in (0, 3):
            raise RuntimeError(f"exit {done.returncode}: {done.stderr}")
        return done.returncode

    os.makedirs(case, exist_ok=True)
    work = list(shares(files(args.evidence), args.shard_mb * 1e6))
    codes = context.parallelize(work, max(1, len(work))).map(read).collect()
    print(f"{len(work)} shards in {case}")
    return max(codes, default=0)


if __name__ == "__main__":
    sys.exit(main())
