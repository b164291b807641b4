// Copies what pages need of KaTeX, unchanged, into the Python package, with the sha256 of each file.

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";

const from = new URL("node_modules/katex/", import.meta.url);
const to = new URL("../src/mathcoder/assets/katex/", import.meta.url);

const fonts = readdirSync(new URL("dist/fonts/", from)).filter((name) => name.endsWith(".woff2"));
const files = new Map([
  ["LICENSE", "LICENSE"],
  ["katex.min.css", "dist/katex.min.css"],
  ["katex.min.js", "dist/katex.min.js"],
  ...fonts.map((name) => [`fonts/${name}`, `dist/fonts/${name}`]),
]);

rmSync(to, { recursive: true, force: true });
mkdirSync(new URL("fonts/", to), { recursive: true });
const sums = [...files].sort().map(([name, source]) => {
  cpSync(new URL(source, from), new URL(name, to));
  const sum = createHash("sha256").update(readFileSync(new URL(name, to))).digest("hex");
  return `${sum}  ${name}\n`;
});
writeFileSync(new URL("SHA256SUMS", to), sums.join(""));

const { version } = JSON.parse(readFileSync(new URL("package.json", from), "utf8"));
console.log(`KaTeX ${version}: ${files.size} files in src/mathcoder/assets/katex`);
