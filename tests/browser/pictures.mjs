// Takes the pictures of the documentation: the report of the contoso case in English and Japanese, and the terminal.
// Called by docs/pictures/make, which makes the case first.
//
//   node pictures.mjs EN/report.html JA/report.html TERMINAL.txt OUT_DIR
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch } from './chromium.mjs';

const [english, japanese, terminal, out] = process.argv.slice(2);
const browser = await launch();
const shoot = async (file, name, { width, height, top = 'body', scale = 1 }) => {
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, colorScheme: 'light' });
  const page = await context.newPage();
  await page.goto(pathToFileURL(path.resolve(file)).href);
  await page.evaluate((selector) => document.querySelector(selector).scrollIntoView(), top);
  await page.screenshot({ path: path.join(out, name) });
  await context.close();
};
await shoot(english, 'report.png', { width: 1180, height: 1000 });
await shoot(english, 'story.png', { width: 1180, height: 1000, top: '#story' });
await shoot(japanese, 'report-ja.png', { width: 1180, height: 900 });

// The terminal as text on a dark ground; what it prints is escaped by the browser itself.
const context = await browser.newContext({ viewport: { width: 780, height: 820 } });
const page = await context.newPage();
await page.setContent('<style>body{margin:0;background:#14171a;color:#e8eaed}pre{margin:16px;font:13px/1.35 "DejaVu Sans Mono",monospace}</style><pre></pre>');
await page.evaluate((text) => { document.querySelector('pre').textContent = text; }, readFileSync(terminal, 'utf8'));
await page.screenshot({ path: path.join(out, 'terminal.png') });
await browser.close();
