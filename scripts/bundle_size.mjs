/**
 * Weigh the built extension as a browser loads it, and hold it to its budget.
 */
import { readFile, readdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

/** Kilobytes, gzipped, for everything together. */
const BUDGET = 35;
const FOLDER = new URL(
  '../jupyter_kfp_connect/labextension/static/',
  import.meta.url
);

const names = (await readdir(FOLDER)).filter(name => /\.(js|css)$/.test(name));
let total = 0;
for (const name of names.sort()) {
  const size = gzipSync(await readFile(new URL(name, FOLDER))).length / 1024;
  total += size;
  console.log(`${size.toFixed(1).padStart(7)} kB  ${name}`);
}
console.log(`${total.toFixed(1).padStart(7)} kB  together (at most ${BUDGET})`);
if (total > BUDGET) {
  process.exit(1);
}
