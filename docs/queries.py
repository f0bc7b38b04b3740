"""Asks every question of store.md of a case, in DuckDB, Spark SQL or both, and checks that the engines agree.

    queries.py CASE duckdb spark
"""
import datetime, os, re, sys


def questions(engine):
    """(title, query) of this engine, in the page's order."""
    page = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "store.md"), encoding="utf-8").read()
    for section in page.split("\n### ")[1:]:
        blocks = re.findall(r"```sql\n(.*?)```", section, re.S)
        own = [block for block in blocks if block.startswith(f"-- {engine}\n") or not block.startswith("-- ")]
        assert len(own) == 1, section
        yield section.splitlines()[0], own[0]


def plain(value):
    """A value as both engines would print it: UTC times without a zone, numbers as numbers."""
    if isinstance(value, datetime.datetime):
        value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None) if value.tzinfo else value
    return int(value) if isinstance(value, (bool, int)) or type(value).__name__ == "Decimal" else value


def duckdb(case):
    import duckdb as engine
    base = engine.connect()
    base.execute("SET TimeZone = 'UTC'")
    parts = os.path.join(case, "**", "timeline", "*", "*.parquet")
    base.execute(f"CREATE VIEW timeline AS SELECT * FROM read_parquet('{parts}', hive_partitioning = false)")
    return lambda query: base.execute(query).fetchall()


def spark(case):
    from pyspark.sql import SparkSession
    session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    session = session.config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "2").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    found = {os.path.dirname(folder) for folder, _, names in os.walk(case)
             if os.path.basename(os.path.dirname(folder)) == "timeline" and any(name.endswith(".parquet") for name in names)}
    session.read.option("recursiveFileLookup", "true").parquet(*sorted(found)).createOrReplaceTempView("timeline")
    return lambda query: [tuple(row) for row in session.sql(query).collect()]


def main(case, *engines):
    os.environ["TZ"] = "UTC"
    engines = {name: {"duckdb": duckdb, "spark": spark}[name](case) for name in engines or ["duckdb"]}
    answers = {}
    for name, ask in engines.items():
        for title, query in questions(name):
            rows = [tuple(map(plain, row)) for row in ask(query)]
            assert rows, f"{name}: {title}: no row"
            assert answers.setdefault(title, rows) == rows, f"{title}: {name} answers otherwise"
            print(f"{name}: {title}: {len(rows)} rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
