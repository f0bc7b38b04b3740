// Writes synthetic evidence for the browser checks: text that attacks the reader, and very much of it.
//
//   node evidence.mjs hostile DIR      rule names, subjects, user agents and folders with markup, formulas, escapes, 1 MB
//   node evidence.mjs large DIR [N]    N events of the account (default 200000), 120 rules among them
//
// then: bectrace investigate DIR --user dana.weiss@fabrikam.example --out OUT && node check.mjs OUT/report.html
import { mkdirSync, openSync, writeSync, closeSync } from 'node:fs';
import path from 'node:path';

const [kind, dir, count = '200000'] = process.argv.slice(2);
if (!['hostile', 'large'].includes(kind) || !dir) {
  console.error('node evidence.mjs hostile|large DIR [N]');
  process.exit(2);
}
const USER = 'dana.weiss@fabrikam.example';
const MAILBOX = 'f20dd504-0ea0-4382-a219-89c732fdaa8b';
const TEXTS = [
  '<script>window.__hit = 1</script>',
  '"><img src=https://evil.example/x onerror="window.__hit = 1">',
  '</title></style></textarea></table><svg onload="window.__hit = 1">',
  '<!--', ']]>', '&lt;b&gt; &#60;script&#62;',
  "=HYPERLINK(\"https://evil.example\";\"click\")", '+cmd|\' /C calc\'!A0', '-2+3', '@SUM(A1)', '\t=1', '＝1+1',
  '\u001b]0;title\u0007\u001b[2J\u001b[31mred', '\u009b31m',
  'invoice\u202efdp.exe\u2066\u2069\u200f', 'zero\u0000byte', 'line\r\nbreak\u2028and\u2029',
  'a\u0300'.repeat(500), '\ud83e\udd80 受信トレイ \u202eルール', '{0}{1}{*}', 'javascript:alert(1)', 'https://evil.example/?q=<x>',
  '<b>'.repeat(350000),
];
mkdirSync(dir, { recursive: true });
const file = openSync(path.join(dir, 'ual.ndjson'), 'w');
let number = 0;
let buffer = '';
const id = () => `00000000-0000-4000-8000-${String(++number).padStart(12, '0')}`;
const at = (second) => new Date(Date.UTC(2026, 1, 2) + second * 1000).toISOString().slice(0, 19);
const write = (record) => {
  buffer += `${JSON.stringify(record)}\n`;
  if (buffer.length > 1 << 22) flush();
};
const flush = () => { writeSync(file, buffer); buffer = ''; };
const base = (second, Operation, RecordType, rest) => ({
  CreationTime: at(second), Id: id(), Operation, OrganizationId: 'cc7f6798-20b2-416c-a975-f850b391ef61', RecordType,
  ResultStatus: RecordType === 1 ? 'True' : 'Succeeded', UserKey: '10032002F002EB72', UserType: 0, Version: 1,
  Workload: 'Exchange', UserId: USER, ...rest,
});
const rule = (second, text) => base(second, 'New-InboxRule', 1, {
  ClientIP: '203.0.113.7:1234', ObjectId: `EURPR04A009\\${USER}\\1`, OrganizationName: 'fabrikamexample.onmicrosoft.com',
  Parameters: [
    { Name: 'Name', Value: text }, { Name: 'SubjectOrBodyContainsWords', Value: text },
    { Name: 'MoveToFolder', Value: 'RSS Subscriptions' }, { Name: 'ForwardTo', Value: 'collect@mailbox-backup.example' },
    { Name: 'DeleteMessage', Value: 'True' },
  ],
});
const mail = (second, Operation, text, rest = {}) => base(second, Operation, 2, {
  ClientIPAddress: '203.0.113.7', ClientInfoString: `Client=OWA;${text}`, LogonType: 0, InternalLogonType: 0, MailboxGuid: MAILBOX,
  MailboxOwnerUPN: USER, SessionId: '940e35e2-4428-445a-afaf-752e43f4818c',
  Item: { InternetMessageId: `<m${number}@mail.fabrikam.example>`, Subject: text, ParentFolder: { Path: `\\${text.slice(0, 200)}` } },
  ...rest,
});
const signIn = (second, text) => base(second, 'UserLoggedIn', 15, {
  Workload: 'AzureActiveDirectory', ClientIP: '203.0.113.7', ActorIpAddress: '203.0.113.7', ErrorNumber: '0',
  ApplicationId: '00000002-0000-0ff1-ce00-000000000000',
  ExtendedProperties: [{ Name: 'ResultStatusDetail', Value: 'Success' }, { Name: 'UserAgent', Value: text }],
});

if (kind === 'hostile') {
  TEXTS.forEach((text, place) => {
    write(signIn(place * 600, text));
    write(rule(place * 600 + 60, text));
    write(mail(place * 600 + 120, 'Send', text, { SaveToSentItems: false, recipientCount: 2, recipientList: [{ Address: `${text.slice(0, 100)}@evil.example` }] }));
    write({ ...mail(place * 600 + 180, 'SoftDelete', text), RecordType: 3, AffectedItems: [{ Subject: text, InternetMessageId: '<x@y.example>', ParentFolder: { Path: '\\Sent Items' } }] });
  });
} else {
  for (let event = 0; event < Number(count); event += 1) {
    const second = Math.floor((event * 28 * 86400) / Number(count));
    if (event % 1700 === 0) write(rule(second, `rule ${event}`));
    else write({ ...mail(second, 'MailItemsAccessed', 'x'), RecordType: 50, ClientIPAddress: '198.51.100.23', ClientInfoString: 'Client=OWA', Item: undefined, OperationProperties: [{ Name: 'MailAccessType', Value: 'Bind' }], Folders: [{ Path: '\\Inbox', FolderItems: [{ InternetMessageId: `<${event}@mail.fabrikam.example>` }] }] });
  }
}
flush();
closeSync(file);
