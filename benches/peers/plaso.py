"""The same NDJSON of AuditData objects read by plaso's log2timeline, where it is installed: thirteen fields of each record
into its own store.

    peers/bin/pip install plaso
    peers/bin/python benches/peers/plaso.py FEW.ndjson OUT.ndjson          # a copy that plaso can read
    peers/bin/python benches/peers/plaso.py OUT.ndjson OUT.plaso [THREADS] # reads it

Of release 20260720 the reader of Microsoft 365 records stops at the first whose `AppAccessContext` is an object, which is
what Microsoft writes; the copy leaves that member out.
"""
import json
import os
import subprocess
import sys


def copy(evidence, out):
    with open(evidence, encoding="utf-8") as source, open(out, "w", encoding="utf-8") as target:
        for line in source:
            record = json.loads(line)
            record.pop("AppAccessContext", None)
            target.write(json.dumps(record, separators=(",", ":")) + "\n")


def read(evidence, out, threads):
    log2timeline = os.path.join(os.path.dirname(sys.executable), "log2timeline")
    if os.path.exists(out):
        os.remove(out)
    subprocess.run([log2timeline, "--status_view", "none", "--unattended", "--quiet", "--parsers", "jsonl", "--workers",
                    str(threads), "--logfile", out + ".log.gz", "--storage-file", out, evidence], check=True)


def main():
    evidence, out = sys.argv[1], sys.argv[2]
    if out.endswith(".ndjson"):
        copy(evidence, out)
    else:
        read(evidence, out, int(sys.argv[3]) if len(sys.argv) > 3 else 2)


main()
