// Makes what pages need: KaTeX as it was published, and the studio, bundled from assets/studio/.
//
// `node assets/build.mjs --studio` makes the studio alone. Everything goes into src/mathcoder, but axe-core, which
// tests of the studio use, goes into tests/studio/axe.

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = (name) => new URL(name, import.meta.url);
const path = (name) => fileURLToPath(here(name));
const sha256 = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

const KATEX = here("../src/mathcoder/assets/katex/");
const STUDIO = here("../src/mathcoder/studio/static/");
const AXE = here("../tests/studio/axe/");

function katex() {
  const from = here("node_modules/katex/");
  const fonts = readdirSync(new URL("dist/fonts/", from)).filter((name) => name.endsWith(".woff2"));
  const files = new Map([
    ["LICENSE", "LICENSE"],
    ["katex.min.css", "dist/katex.min.css"],
    ["katex.min.js", "dist/katex.min.js"],
    ...fonts.map((name) => [`fonts/${name}`, `dist/fonts/${name}`]),
  ]);
  rmSync(KATEX, { recursive: true, force: true });
  mkdirSync(new URL("fonts/", KATEX), { recursive: true });
  const sums = [...files].sort().map(([name, source]) => {
    cpSync(new URL(source, from), new URL(name, KATEX));
    return `${sha256(new URL(name, KATEX))}  ${name}\n`;
  });
  writeFileSync(new URL("SHA256SUMS", KATEX), sums.join(""));
  const { version } = JSON.parse(readFileSync(new URL("package.json", from), "utf8"));
  console.log(`KaTeX ${version}: ${files.size} files in src/mathcoder/assets/katex`);
}

async function studio() {
  const { metafile } = await build({
    entryPoints: { studio: path("studio/main.js"), theme: path("studio/theme.js") },
    outdir: fileURLToPath(STUDIO),
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2022"],
    charset: "utf8",
    banner: { js: `// sha256 of assets/studio and package-lock.json: ${sources()}` },
    legalComments: "none", // the licences are in LICENSES, whole
    loader: { ".woff2": "file" },
    assetNames: "[name]",
    nodePaths: [path("node_modules")],
    absWorkingDir: path("."),
    metafile: true,
    logLevel: "warning",
  });
  const made = Object.entries(metafile.outputs);
  writeFileSync(new URL("LICENSES", STUDIO), licences(Object.keys(metafile.inputs)));
  // A name that changes with the content lets browsers keep a file for ever.
  const page = readFileSync(here("studio/index.html"), "utf8").replace(
    /(?:src|href)="\/(static|katex)\/([^"]+)"/g,
    (whole, folder, name) => {
      const file = new URL(name === "render.js" ? `../${name}` : name, folder === "static" ? STUDIO : KATEX);
      return whole.replace(name, `${name}?v=${sha256(file).slice(0, 12)}`);
    },
  );
  writeFileSync(new URL("index.html", STUDIO), page);
  console.log(made.map(([path, { bytes }]) => `${path.split("/").pop()} ${(bytes / 1000).toFixed(0)} kB`).join(", "));
}

// By this a test knows whether the bundle was built again after a change.
function sources() {
  const names = readdirSync(here("studio/")).sort();
  const hash = createHash("sha256");
  for (const name of [...names.map((one) => `studio/${one}`), "package-lock.json"]) hash.update(readFileSync(here(name)));
  return hash.digest("hex");
}

// The licence of each package that a file of the bundle came from.
function licences(inputs) {
  const names = inputs.map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  const parts = [...new Set(names.filter(Boolean))].sort().map((name) => {
    const folder = here(`node_modules/${name}/`);
    const { version, license } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name} has no licence file`);
    return `${name} ${version} (${license})\n\n${readFileSync(new URL(file, folder), "utf8").trim()}\n`;
  });
  return `The studio's script, style and font are made from these packages.\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

function axe() {
  mkdirSync(AXE, { recursive: true });
  for (const name of ["axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt"])
    cpSync(here(`node_modules/axe-core/${name}`), new URL(name, AXE));
}

if (!process.argv.includes("--studio")) {
  katex();
  axe();
}
mkdirSync(STUDIO, { recursive: true });
await studio();
