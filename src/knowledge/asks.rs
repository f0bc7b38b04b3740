//! What an investigator asks the collector for, by the code of a remark. Codes: `docs/formats.md`.

/// The request that mends what a remark says, where asking can mend it.
pub fn ask(code: &str) -> Option<&'static str> {
    Some(match code {
        "F-001" | "F-002" => {
            "run the export again and look at its dates and filters; if it is empty again, say so in writing"
        }
        "F-010" => "the CSV or JSON as it was downloaded, never opened in Excel",
        "F-011" => "the log export itself, unpacked",
        "F-012" => "sign in and download the export again: this is the page, not the file",
        "F-013" => "the file itself: only a pointer to it was copied",
        "F-020" => "a fresh copy of the file, with its hash",
        "F-021" => "export again with `Export-Csv -NoTypeInformation -Encoding UTF8`",
        "F-022" => "which encoding the file has (or the file as downloaded, which is UTF-8)",
        "F-023" => "the file as downloaded, never saved by Excel",
        "F-025" | "F-030" | "F-031" => "the export again, with its header line and not edited",
        "F-032" => "which tool and command made this file; if it is a query's result, the raw table",
        "F-033" => "the export this table was made from, with its AuditData column (or its original events)",
        "F-034" => "the content blobs that the list names (kept for seven days)",
        "F-035" => "`Search-UnifiedAuditLog … | Export-Csv`, without `Select-Object -ExpandProperty AuditData`",
        "F-036" => {
            "`Search-UnifiedAuditLog … | Export-Csv` straight from the cmdlet, without converting AuditData first"
        }
        "F-040" => "the culture of the collecting machine (`Get-Culture`), then `--date-order`; or an export as JSON",
        "F-041" => "the export with its time column, in UTC",
        "F-050" => "the mail attachment itself, not what a browser shows",
        "F-060" => "what the error means for the tenant (licence, permission), and the export again if it can be had",
        "F-061" => "the download as JSON, or as CSV with the portal's language set to English",
        "R-101" | "R-105" => "the export again: records are cut; JSON keeps long records whole",
        "R-102" => "the original export: the records themselves are not in these rows",
        "R-103" => "who handled the file, and an untouched copy with its hash: wrapper and record disagree",
        "R-104" => "the export with `ConvertTo-Json -Depth 100`",
        "R-106" => "the file as exported: rows are cut or were edited",
        "R-115" => {
            "the records as the service gives them (AuditData, or the collector's JSON), not as a table made them over"
        }
        "R-120" => {
            "`Search-AdminAuditLog | Export-Clixml -Depth 5`, the mailed SearchResult.xml, or the unified audit log's \
             ExchangeAdmin records: these rows do not say with what a cmdlet was run"
        }
        "R-121" => "`Search-MailboxAuditLog -ShowDetails -LogonTypes Owner,Delegate,Admin`",
        "R-122" => "the same sign-ins with `ConvertTo-Json -Depth 10`, or the collector's JSON file",
        "R-130" => "`Export-Clixml -Depth 5` or deeper",
        "R-140" => "the sign-in file that was downloaded together with this one, read in the same run",
        "R-141" => "the same audit events as JSON: the portal's CSV has room for few changes",
        "R-150" => "the culture of the collecting machine, then `--date-order`",
        "R-160" => "the snapshot as JSON: some values are only names of types",
        "R-161" => "when the snapshot was taken (put it into the file's name: 20260302101500-…)",
        "R-162" => "whose mailbox the rules are of",
        "R-163" => "the same list with all its columns: of a cmdlet, `| Select-Object *` before it is exported",
        "C-201" => "the same export in smaller spans of time: it ends exactly where this export stops",
        "C-202" => "the missing rows: search again in smaller spans, `-SessionCommand ReturnLargeSet`",
        "C-203" => "the whole file: it ends inside a record",
        "C-204" => "the further pages: follow `@odata.nextLink` to its end",
        "C-207" => "the spans the collector lost, again, by the portal's search or in smaller steps",
        "C-208" | "C-209" => "whether these days or hours were exported at all",
        "C-210" => "which download it is (keep the portal's file name), or JSON",
        "C-211" => "the same export as JSON, or in English, to confirm the columns",
        "C-212" => "a screenshot of the filters that were set",
        "C-213" => "which of the two files is the one that was exported",
        "C-214" => {
            "the unified audit log for the time before (it keeps sign-ins for 180 days), or an archive in Log Analytics"
        }
        _ => return None,
    })
}
