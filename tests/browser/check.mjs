// Opens reports in Chromium at desktop, phone and print size, light and dark, with and without script, and says what a
// reader would meet: requests (there must be none), errors, axe-core findings, sideways scrolling, time to open.
//
//   cd tests/browser && npm install && node check.mjs OUT/report.html…
//
// Exits with 1 where something is wrong.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch } from './chromium.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SLOWEST = 5000; // milliseconds to open
const PAPER = 703; // the width that A4 leaves between its margins
const NARROWEST = 60; // pixels: a column of ids that is narrower breaks them letter by letter
const LONGEST = 120_000; // milliseconds for one view, axe-core and PDF included
const VIEWS = [
  { name: 'desktop', width: 1280, height: 900, colorScheme: 'light' },
  { name: 'desktop, dark', width: 1280, height: 900, colorScheme: 'dark' },
  { name: 'phone', width: 390, height: 844, colorScheme: 'light' },
  { name: 'print', width: 1280, height: 900, colorScheme: 'light', media: 'print' },
  { name: 'no script', width: 1280, height: 900, colorScheme: 'light', javaScriptEnabled: false },
];

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('give one or more report.html');
  process.exit(2);
}
let browser = await launch();
let wrong = 0;
for (const file of files) {
  const url = pathToFileURL(path.resolve(file)).href;
  for (const view of VIEWS) wrong += await tried(url, file, view);
}
await browser.close().catch(() => {});
process.exit(wrong > 0 ? 1 : 0);

// A view that cannot be looked at, or only after minutes, is a fault of the report; the other views are looked at all the same.
async function tried(url, file, view) {
  if (!browser.isConnected()) browser = await launch();
  const { width, height, name: _, media: __, ...rest } = view;
  const context = await browser.newContext({ viewport: { width, height }, ...rest });
  let timer;
  const late = new Promise((_, refuse) => { timer = setTimeout(() => refuse(new Error(`not done after ${LONGEST / 1000} s`)), LONGEST); });
  try {
    return await Promise.race([look(context, url, file, view), late]);
  } catch (error) {
    console.log(`WRONG ${file} [${view.name}]`);
    console.log(`      could not be looked at: ${String(error).split('\n')[0]}`);
    return 1;
  } finally {
    clearTimeout(timer);
    await context.close().catch(() => {});
  }
}

async function look(context, url, file, view) {
  const { name, media, ...rest } = view;
  const page = await context.newPage();
  if (media) await page.emulateMedia({ media });
  const requests = [];
  const errors = [];
  page.on('request', (request) => request.url() !== url && requests.push(request.url()));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('dialog', (dialog) => { errors.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  const start = performance.now();
  await page.goto(url, { waitUntil: 'load' });
  const opened = Math.round(performance.now() - start);
  const facts = { 'opened in ms': opened };
  const faults = [];
  if (rest.javaScriptEnabled === false) {
    if (!(await page.locator('h1').isVisible())) faults.push('no heading without script');
  } else {
    Object.assign(facts, await page.evaluate(() => ({
      elements: document.querySelectorAll('*').length,
      tables: document.querySelectorAll('table').length,
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    })));
    faults.push(...(await page.evaluate(acted)));
    if (facts.sideways > 0) faults.push(`the page scrolls sideways by ${facts.sideways} px`);
    // Folded text counts too.
    await page.evaluate(() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; }));
    faults.push(...(await accessibility(page, facts)));
  }
  if (requests.length) faults.push(`requests: ${requests.join(', ')}`);
  if (errors.length) faults.push(`errors: ${errors.join('; ')}`);
  if (opened > SLOWEST) faults.push(`took ${opened} ms to open`);
  if (media === 'print') {
    await page.setViewportSize({ width: PAPER, height: view.height });
    const narrow = await page.evaluate((least) => [...document.querySelectorAll('td.links')]
      .filter((cell) => cell.clientWidth > 0 && cell.clientWidth < least).length, NARROWEST);
    if (narrow > 0) faults.push(`on paper ${narrow} cells of ids are narrower than ${NARROWEST} px`);
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    facts['pdf bytes'] = pdf.length;
  }
  const told = Object.entries({ requests: requests.length, ...facts }).map(([key, value]) => `${key}: ${value}`);
  console.log(`${faults.length ? 'WRONG' : 'ok   '} ${file} [${name}] ${told.join(', ')}`);
  for (const fault of faults) console.log(`      ${fault}`);
  return faults.length;
}

// Runs in the page: whether text of the evidence became anything but text.
function acted() {
  const faults = [];
  if (window.__hit) faults.push('a script of the evidence ran');
  // One script in a report, none in a triage's.
  if (document.scripts.length > 1) faults.push(`${document.scripts.length} scripts`);
  const foreign = document.querySelectorAll('img, iframe, object, embed, link, form, base, video, audio, foreignObject');
  if (foreign.length) faults.push(`foreign elements: ${[...foreign].map((element) => element.tagName).join(', ')}`);
  for (const element of document.querySelectorAll('*')) {
    for (const { name } of element.attributes) if (name.startsWith('on')) faults.push(`<${element.tagName} ${name}>`);
  }
  const hidden = document.body.innerText.match(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd]/);
  if (hidden) faults.push(`an acting character: U+${hidden[0].codePointAt(0).toString(16)}`);
  return faults;
}

async function accessibility(page, facts) {
  // evaluate() runs in the page through the debugger, which the content security policy does not concern.
  const start = performance.now();
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  facts['axe in ms'] = Math.round(performance.now() - start);
  const count = (impact) => result.violations.filter((violation) => violation.impact === impact).length;
  for (const impact of ['critical', 'serious', 'moderate', 'minor']) facts[impact] = count(impact);
  return result.violations
    .filter((violation) => ['critical', 'serious'].includes(violation.impact))
    .map((violation) => `axe ${violation.id} (${violation.impact}): ${violation.help}: ${violation.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(' | ')} (${violation.nodes.length})`);
}
