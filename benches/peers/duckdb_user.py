"""The question for one account, asked by DuckDB of a case's own Parquet parts: every column of the rows in which a name
of the account takes part.

    peers/bin/python benches/peers/duckdb_user.py CASE NAME [THREADS]
"""
import sys
import duckdb


def main():
    case, name = sys.argv[1], sys.argv[2].lower()
    connection = duckdb.connect()
    connection.execute(f"SET threads={int(sys.argv[3]) if len(sys.argv) > 3 else 2}")
    entry = f":{name}|".replace("'", "''")
    connection.execute(
        f"CREATE TABLE found AS SELECT * FROM read_parquet('{case}/timeline/*/*.parquet') "
        f"WHERE contains(parties, '{entry}') ORDER BY datetime")
    print(connection.execute("SELECT count(*) FROM found").fetchone()[0], "rows")


main()
