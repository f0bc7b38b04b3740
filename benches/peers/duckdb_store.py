"""What an investigator could do today without us: DuckDB reads an export, takes thirteen fields out of each record with
one json_transform, keeps the raw text, drops byte-identical copies, sorts by time and user, writes zstd Parquet.

    python3 -m venv peers && peers/bin/pip install duckdb
    peers/bin/python benches/peers/duckdb_store.py EVIDENCE OUT.parquet [THREADS]
"""
import sys
import duckdb

FIELDS = ["CreationTime", "Id", "Operation", "OrganizationId", "ResultStatus", "UserKey", "Workload", "ClientIP",
          "UserId", "ObjectId", "SessionId"]
SHAPE = "{" + ", ".join(f'"{name}": "VARCHAR"' for name in FIELDS) + ', "RecordType": "BIGINT", "UserType": "BIGINT"}'
SIGN_IN = ["createdDateTime", "id", "userPrincipalName", "userId", "appId", "appDisplayName", "resourceId", "ipAddress",
           "clientAppUsed", "userAgent", "correlationId", "sessionId", "conditionalAccessStatus"]
SIGN_IN_SHAPE = "{" + ", ".join(f'"{name}": "VARCHAR"' for name in SIGN_IN) + "}"


def source(path):
    """The records of an export, one text each, and the shape of their fields."""
    if path.endswith(".ndjson"):
        return f"SELECT json AS raw FROM read_ndjson_objects('{path}')", SHAPE, "CreationTime, UserId"
    if path.endswith(".json"):
        limit = "maximum_object_size=67108864"
        return f"SELECT json AS raw FROM read_json_objects('{path}', format='array', {limit})", SIGN_IN_SHAPE, \
            "createdDateTime, userPrincipalName"
    return f"SELECT AuditData AS raw FROM read_csv('{path}', all_varchar=true, max_line_size=67108864)", SHAPE, \
        "CreationTime, UserId"


def main():
    evidence, out = sys.argv[1], sys.argv[2]
    threads = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    records, shape, order = source(evidence)
    connection = duckdb.connect()
    connection.execute(f"SET threads={threads}")
    connection.execute(f"""
        COPY (SELECT * FROM (SELECT unnest(json_transform(raw, '{shape}')), raw
                             FROM (SELECT DISTINCT raw FROM ({records})))
              ORDER BY {order})
        TO '{out}' (FORMAT parquet, COMPRESSION zstd)""")
    print(connection.execute(f"SELECT count(*) FROM '{out}'").fetchone()[0], "rows")


main()
