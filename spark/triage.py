"""Every account of a case examined on a Spark cluster: the accounts are spread over the executors, each of which runs
the same bectrace binary on its share; the ranking is then made once.

    spark-submit triage.py --binary ./bectrace --out /shared/triage /shared/case -- --from 2026-03-01 --to 2026-03-31

What follows `--` goes to `bectrace triage` as it is. Writes what `bectrace triage` writes, byte for byte, and beside it
`seen.csv`: addresses that several accounts were seen from inside the window, by Spark SQL on the store.
"""
import argparse, csv, glob, json, os, subprocess, sys, tempfile

from pyspark import SparkFiles, StorageLevel
from pyspark.sql import SparkSession

SEEN = """SELECT source_ip, count(DISTINCT user_upn) AS accounts, min(datetime) AS first, max(datetime) AS last
    FROM timeline WHERE datetime >= timestamp '{from}' AND datetime < timestamp '{to}'
    GROUP BY source_ip HAVING source_ip IS NOT NULL AND accounts > 1 ORDER BY accounts DESC, source_ip"""


def call(binary, case, *words):
    """Exit code and standard output; 3 (evidence was lost) is no failure of the run."""
    done = subprocess.run([binary, "triage", case, *words], capture_output=True, encoding="utf-8")
    if done.returncode not in (0, 3):
        raise RuntimeError(f"exit {done.returncode}: {done.stderr}")
    return done.returncode, done.stdout


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("case", type=os.path.abspath)
    words.add_argument("--out", required=True, help="folder for the report")
    words.add_argument("--binary", required=True, type=os.path.abspath, help="bectrace, for the executors' machines too")
    words.add_argument("options", nargs="*", help="options of bectrace triage")
    args = words.parse_args()
    spark = SparkSession.builder.appName("bectrace triage").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    spark.sparkContext.addFile(args.binary)
    binary, case, options = os.path.basename(args.binary), args.case, args.options

    def examine(accounts):
        with tempfile.TemporaryDirectory() as folder:
            names, out = os.path.join(folder, "users"), os.path.join(folder, "out")
            with open(names, "w", encoding="utf-8") as file:
                file.writelines(row.user + "\n" for row in accounts)
            if os.path.getsize(names):
                only = ["--user", "@" + names, "--out", out, "--format", "json", "--threads", "1", "-q"]
                call(SparkFiles.get(binary), case, *only, *options)
                with open(os.path.join(out, "accounts.jsonl"), encoding="utf-8", newline="\n") as file:
                    yield from file

    _, listed = call(args.binary, case, "--accounts", "--out", args.out, *options)
    accounts = spark.createDataFrame([(user,) for user in listed.splitlines()], "user string")
    shares = accounts.repartition(spark.sparkContext.defaultParallelism, "user")
    examined = shares.rdd.mapPartitions(examine).persist(StorageLevel.DISK_ONLY)
    examined.count()  # all shares at once; what follows takes them one after the other
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8", newline="\n") as lines:
        lines.writelines(examined.toLocalIterator())
        lines.flush()
        code, _ = call(args.binary, case, "--examined", lines.name, "--out", args.out, "-q", *options)

    with open(os.path.join(args.out, "triage.json"), encoding="utf-8") as file:
        window = json.load(file)["window"]
    folders = [case, *sorted(glob.glob(os.path.join(case, "shards", "*")))]
    parts = [path for path in (os.path.join(folder, "timeline") for folder in folders) if os.path.isdir(path)]
    spark.read.option("recursiveFileLookup", "true").parquet(*parts).createOrReplaceTempView("timeline")
    with open(os.path.join(args.out, "seen.csv"), "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["source_ip", "accounts", "first", "last"])
        rows.writerows(spark.sql(SEEN.format(**window)).toLocalIterator())
    return code


if __name__ == "__main__":
    sys.exit(main())
