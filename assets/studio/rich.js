// Text with formulas, code, output: what models and corpora wrote. All of it becomes text nodes; formulas go through
// render.js (without trust, with bounds), which the reports use too.

import { html } from "htm/preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { createLowlight } from "lowlight";
import python from "highlight.js/lib/languages/python";

const lowlight = createLowlight({ python });
const MOST_HIGHLIGHTED = 50_000; // characters
const MOST_LINES = 30; // of an output, before it is cut
const MOST_CHARS = 4_000;

// Text with formulas; lines and paragraphs are those of the text. With `marked`, its headings, **bold** and `code` are
// shown as such.
export function Rich({ text, marked = false, class: kind = "" }) {
  const box = useRef();
  useLayoutEffect(() => {
    const inside = document.createElement("div");
    inside.className = "tex-text";
    inside.textContent = visible(text ?? "").trim();
    box.current.replaceChildren(inside);
    globalThis.renderFormulas(box.current);
    if (marked) mark(inside);
    reachable(box.current);
  }, [text, marked]);
  useEffect(() => {
    const watch = new ResizeObserver(() => reachable(box.current));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return html`<div class=${`rich ${kind}`} ref=${box}></div>`;
}

// KaTeX gives a style attribute to the message about what it cannot read, which the policy does not allow: thrown here,
// so that render.js leaves it as it was written.
const { katex } = globalThis;
katex.render = (source, element, options) => {
  const tree = katex.__renderToDomTree(source, options);
  if (tree.classes.includes("katex-error")) throw new katex.ParseError(source);
  element.replaceChildren(tree.toNode());
};

const MARKS = /^#{1,6} +(.+)$|\*\*([^*\n]+)\*\*|`([^`\n]+)`/gm;

// Of what stands outside formulas.
function mark(root) {
  for (const node of [...root.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE)) {
    const parts = [];
    let done = 0;
    for (const found of node.data.matchAll(MARKS)) {
      const [whole, heading, bold, code] = found;
      const shown = document.createElement(code ? "code" : "strong");
      shown.textContent = heading?.replaceAll("**", "") ?? bold ?? code;
      parts.push(node.data.slice(done, found.index), shown);
      done = found.index + whole.length;
    }
    if (parts.length) node.replaceWith(...parts, node.data.slice(done));
  }
}

// What is wider than its place can be scrolled with the keys.
function reachable(box) {
  for (const one of box?.querySelectorAll(".tex-display, .tex-text") ?? []) {
    if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
    else one.removeAttribute("tabindex");
  }
}

// Without what cannot be seen: controls, and marks that turn the direction.
export function visible(text) {
  return String(text).replace(/\r\n/g, "\n").replace(/[^\P{C}\n\t]/gu, "\ufffd");
}

function Highlighted({ code }) {
  if (code.length > MOST_HIGHLIGHTED) return code;
  const draw = (node) =>
    node.type === "text" ? node.value : html`<span class=${node.properties.className.join(" ")}>${node.children.map(draw)}</span>`;
  return lowlight.highlight("python", code).children.map(draw);
}

// Python. With `onEdit(code)` it can be edited, and is told of every change.
export function Code({ code, onEdit, label = "Python code" }) {
  const shown = html`<${Highlighted} code=${visible(code)} />`;
  if (!onEdit) return html`<pre class="code" tabindex="0" role="region" aria-label=${label}><code>${shown}</code></pre>`;
  return html`<div class="code editor">
    <pre aria-hidden="true"><code>${shown}${"\n"}</code></pre>
    <textarea
      aria-label=${label}
      value=${code}
      onInput=${(event) => onEdit(event.currentTarget.value)}
      spellcheck=${false}
      autocapitalize="off"
      autocomplete="off"
      wrap="off"
    ></textarea>
  </div>`;
}

const TRACEBACK = /^(?:Traceback \(most recent call last\):?|-{20,})\s*$/m;

// What code printed. A traceback is folded to its last line, a long output is cut; `images` are PNGs in base64.
export function Output({ text = "", images = [] }) {
  const said = visible(text).trimEnd();
  const start = said.search(TRACEBACK);
  const before = start < 0 ? said : said.slice(0, start).trimEnd();
  const trace = start < 0 ? "" : said.slice(start);
  return html`<div class="printed">
    ${before && html`<${Cut} text=${before} />`}
    ${trace &&
    html`<details class="traceback">
      <summary><code>${trace.split("\n").findLast((line) => line.trim())}</code></summary>
      <pre tabindex="0" role="region" aria-label="Traceback">${trace}</pre>
    </details>`}
    ${images.map(pngAddress).filter(Boolean).map((address, at) => html`<img src=${address} alt=${`Figure ${at + 1}`} />`)}
    ${!said && !images.length && html`<p class="dim">nothing was printed</p>`}
  </div>`;
}

function Cut({ text }) {
  const [whole, setWhole] = useState(false);
  const start = text.split("\n", MOST_LINES).join("\n").slice(0, MOST_CHARS);
  const long = start.length < text.length;
  return html`<pre tabindex="0" role="region" aria-label="Output">${whole || !long ? text : start}</pre>
    ${long &&
    html`<button type="button" class="plain" onClick=${() => setWhole(!whole)}>
      ${whole ? "show less" : `show all (${text.length.toLocaleString("en")} characters)`}
    </button>`}`;
}

// The address of a PNG in base64, with its "data:image/png;base64," or without; null for anything else.
export function pngAddress(image) {
  const data = String(image).replace(/^data:image\/png;base64,/, "");
  return /^iVBORw0KGgo[A-Za-z0-9+/]*={0,2}$/.test(data) ? `data:image/png;base64,${data}` : null;
}

// A solution: blocks of {type, content, images?}, as they came. `actions(block, at)` gives what stands in the head
// of a block of code or output; `edit` is {at, onEdit}: that block of code can be edited.
export function Blocks({ blocks, actions, edit, live = false }) {
  const draw = (block, at) => {
    if (block.type === "text") return html`<${Rich} key=${at} text=${block.content} marked />`;
    const code = block.type === "code";
    return html`<figure key=${at} class=${`block ${code ? "of-code" : "of-output"}`}>
      <figcaption><span>${code ? "Code" : "Output"}</span><span class="actions">${actions?.(block, at)}</span></figcaption>
      ${code
        ? html`<${Code} code=${block.content} onEdit=${edit?.at === at ? edit.onEdit : undefined} />`
        : html`<${Output} text=${block.content} images=${block.images} />`}
    </figure>`;
  };
  return html`<div class="solution" aria-live=${live ? "polite" : undefined}>${blocks.map(draw)}</div>`;
}
