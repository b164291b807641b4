// One row: a document with each computation beside its step, or a question with its solution.

import { useEffect, useState } from "preact/hooks";

import { AgainButton, Now, SolutionAgain, useAgain } from "./corpora_again.js";
import { around } from "./corpora_list.js";
import { Marked, VerdictTag, asked, placeName, rowLink, rowsLink } from "./corpora_parts.js";
import { Blocks, Code, Details, Failure, Rich, Spinner, Tag, api, count, go, html, percent, useFetch, useKeys } from "./parts.js";

export default function Row({ run, base, query }) {
  const { id, place } = query;
  const { data, error, reload } = useFetch(id ? asked(`${base}/row`, { id, place: place || null }) : null);
  const near = around(run, id, place);
  const open = (row) => row && go(rowLink(run, row.id, row.place));
  useKeys({
    j: () => open(near.after),
    k: () => open(near.before),
    u: ["back to the list", () => go(near.back ?? rowsLink(run, {}))],
  });
  useEffect(() => scrollTo(0, 0), [id, place]);
  return html`
    <nav class="near" aria-label="Rows">
      <a href=${near.back ?? rowsLink(run, {})}>All rows</a>
      ${near.of && html`<span class="dim">${near.at + 1} of ${near.of} on its page</span>`}
      ${near.before && html`<a href=${rowLink(run, near.before.id, near.before.place)}>Previous</a>`}
      ${near.after && html`<a href=${rowLink(run, near.after.id, near.after.place)}>Next</a>`}
    </nav>
    ${error && html`<${Failure} error=${error} retry=${reload} />`}
    ${!data && !error && html`<${Spinner} />`}
    ${data && html`<${Shown} key=${`${data.place}/${data.id}`} run=${run} base=${base} row=${data} asked=${query} />`}
  `;
}

function Shown({ run, base, row, asked: query }) {
  const facts = new Map(row.facts);
  const title = facts.get("title") ?? facts.get("problem") ?? row.id;
  return html`<article class="row-shown">
    <h2>${title} <small>${placeName(row.place)}</small></h2>
    ${row.drop_reason && html`<p class="reason" role="note"><b>Dropped:</b> ${row.drop_reason}</p>`}
    <${Forms} run=${run} row=${row} />
    <${Trail} run=${run} row=${row} />
    <${Facts} run=${run} row=${row} />
    ${row.evidence.length > 0 && html`<${Evidence} row=${row} />`}
    ${row.question ? html`<${Sample} base=${base} row=${row} />` : html`<${Text} base=${base} row=${row} query=${query} />`}
  </article>`;
}

// The document in its forms.
function Forms({ run, row }) {
  const base = row.trail.findLast((one) => one.id === row.document);
  const tabs = [
    ...(base && row.forms.length ? [[base.id, `${base.kept ? "kept" : "dropped"}:${base.stage}`, "with its computations"]] : []),
    ...row.forms.map((id) => [id, "dataset", id.slice(row.document.length + 1)]),
  ];
  if (tabs.length < 2) return null;
  return html`<nav class="tabs small" aria-label="Forms of the document">
    ${tabs.map(([id, place, said]) => html`<a href=${rowLink(run, id, place)} aria-current=${row.id === id ? "page" : undefined}>${said}</a>`)}
  </nav>`;
}

// Which stages kept it, and which dropped it.
function Trail({ run, row }) {
  const stages = new Map();
  for (const one of row.trail) stages.set(one.stage, [...(stages.get(one.stage) ?? []), one]);
  return html`<ol class="trail" aria-label="Stages">
    ${[...stages].map(([stage, found]) => {
      const [one] = found;
      const place = `${one.kept ? "kept" : "dropped"}:${stage}`;
      return html`<li class=${one.kept ? "" : "bad"}>
        <a href=${rowLink(run, one.id, place)} aria-current=${row.place === place ? "true" : undefined} title=${one.reason ?? `kept by ${stage}`}>
          <span aria-hidden="true">${one.kept ? "✓" : "✗"}</span> ${stage}${found.length > 1 ? ` ×${found.length}` : ""}<span class="hidden">${one.kept ? ", kept" : ", dropped"}</span>
        </a>
      </li>`;
    })}
  </ol>`;
}

const ADDRESS = /^https?:\/\/[^\s<>"']+$/;
const SHORT = new Set(["source", "licence", "language", "form", "method", "split", "tokens", "model", "answer", "verdict", "url"]);

function Facts({ run, row }) {
  const value = (name, text) =>
    name === "url" && ADDRESS.test(text)
      ? html`<a href=${text} rel="noopener noreferrer" target="_blank">${text}</a>`
      : name === "problem" || name === "parent"
        ? html`<a href=${rowsLink(run, { problem: text })}>${text}</a>`
        : text;
  const short = row.facts.filter(([name]) => SHORT.has(name));
  return html`
    <p class="facts">${short.map(([name, text]) => html`<span><span class="dim">${name}</span> ${value(name, name === "tokens" ? count(Number(text)) : text)}</span>`)}</p>
    <${Details} summary=${html`<span class="dim">All that is known of it</span>`}>
      <dl class="known">${row.facts.map(([name, text]) => html`<div><dt>${name}</dt><dd>${value(name, text)}</dd></div>`)}</dl>
      ${row.skipped.length > 0 && html`<p class="dim">Formulas that no code was made of: ${row.skipped.map((one) => `${one.reason} ${count(one.count)}`).join(", ")}</p>`}
    <//>
  `;
}

function Evidence({ row }) {
  return html`<section aria-label="Items of benchmarks in it" class="evidence">
    ${row.evidence.map(
      (one) => html`<div class="beside">
        <div>
          <h3>In this row <small>${percent(one.share, 0)} of the item's n-grams</small></h3>
          <div class="marked"><mark>${one.passage}</mark></div>
          ${!one.known && html`<p class="dim">The text that is shown below no longer has this passage.</p>`}
        </div>
        <div>
          <h3>${one.item}</h3>
          ${one.question ? html`<${Rich} text=${one.question} />` : html`<p class="dim">The question is not at hand: this item is from no benchmark on this machine.</p>`}
        </div>
      </div>`,
    )}
  </section>`;
}

// A text comes in parts; more are asked for.
function useParts(base, row) {
  const [more, setMore] = useState([]);
  const [state, setState] = useState({ next: row.next, busy: false, error: null });
  const load = async () => {
    setState((before) => ({ ...before, busy: true }));
    try {
      const next = await api(asked(`${base}/row`, { id: row.id, place: row.place, after: state.next }));
      setMore((before) => [...before, ...(next.passages ?? next.blocks)]);
      setState({ next: next.next, busy: false, error: null });
    } catch (error) {
      setState((before) => ({ ...before, busy: false, error }));
    }
  };
  const button = html`
    ${state.error && html`<${Failure} error=${state.error} />`}
    ${state.next !== null && html`<p><button type="button" disabled=${state.busy} onClick=${load}>Show more of ${count(row.length)} characters</button></p>`}
  `;
  return [[...(row.passages ?? row.blocks), ...more], button];
}

function Text({ base, row }) {
  const [parts, button] = useParts(base, row);
  if (row.blocks) {
    return html`<${Blocks} blocks=${parts} />${button}
      ${row.computations.length > 0 && html`<h3>Its computations <small>${count(row.computations.length)}</small></h3>
      <div class="steps apart">${row.computations.map((one) => html`<${Step} base=${base} row=${row} one=${one} />`)}</div>`}`;
  }
  const alone = !row.computations.length;
  return html`<div class=${`passages ${alone ? "alone" : ""}`}>
    ${parts.map(
      (passage, at) => html`<div class=${`passage ${passage.computations.length ? "computed" : ""}`} key=${at}>
        <div><${Passage} passage=${passage} /></div>
        ${passage.computations.length > 0 && html`<div class="steps">${passage.computations.map((number) => html`<${Step} base=${base} row=${row} one=${row.computations[number]} />`)}</div>`}
      </div>`,
    )}
  </div>${button}`;
}

const HEADING = /^#{1,6}\s+(?=\S)/;
const BOLD = /^\*\*([^*\n]+)\*\*$/;
const FENCED = /^(`{3,}|~{3,})[^\n]*\n([\s\S]*?)\n?\1?\s*$/;

// Whitespace of a paragraph of prose is not worth room; a mark is worth more than a rendered formula.
function Passage({ passage }) {
  const text = passage.pieces.map(([piece]) => piece).join("").trim();
  if (passage.pieces.some(([, marked]) => marked)) return html`<${Marked} pieces=${passage.pieces} what="an item of a benchmark" />`;
  const fenced = text.match(FENCED);
  if (fenced) return html`<${Code} code=${fenced[2]} label="Code of the document" />`;
  if (HEADING.test(text) && !text.includes("\n")) return html`<${Rich} class="heading" text=${text.replace(HEADING, "")} />`;
  const bold = text.match(BOLD);
  return html`<${Rich} class=${bold ? "bold" : ""} text=${bold ? bold[1] : text} />`;
}

// A formula is rendered where it may be one; a dollar sign inside would end it early.
const formula = (text) => (text ? (text.includes("$") ? text : `\\(${text}\\)`) : "");

function Step({ base, row, one }) {
  const [state, run] = useAgain(base, row, one.number);
  return html`<section class="step" aria-label=${`Computation ${one.number + 1}`}>
    <header>
      <span class="dim">${one.number + 1}</span>
      <${VerdictTag} verdict=${one.verdict} />
      <span class="dim">${one.kind}${one.translator !== "symbolic" ? ` · ${one.translator}` : ""}</span>
      <${AgainButton} state=${state} run=${run} of=${`computation ${one.number + 1}`} />
    </header>
    <${Rich} class="claim" text=${`${formula(one.expression)}${one.result ? ` \\(=\\) ${formula(one.result)}` : ""}`} />
    ${one.conditions?.length > 0 && html`<div class="conditions"><span class="dim">with</span> <${Rich} text=${one.conditions.map(formula).join(", ")} /></div>`}
    <${Code} code=${one.code ?? ""} />
    ${one.output !== undefined &&
    html`<dl class="printed-line">
      <div><dt>expected</dt><dd><code>${one.result}</code></dd></div>
      <div><dt>printed</dt><dd>${one.output ? html`<code>${one.output}</code>` : html`<span class="dim">nothing</span>`}</dd></div>
      ${one.reason && html`<div><dt>because</dt><dd>${one.reason}</dd></div>`}
    </dl>`}
    <${Now} state=${state} />
  </section>`;
}

function Sample({ base, row }) {
  const marked = row.question.some(([, flag]) => flag);
  const facts = new Map(row.facts);
  return html`
    <h3>Question</h3>
    ${marked ? html`<${Marked} pieces=${row.question} what="an item of a benchmark" />` : html`<${Rich} text=${row.question.map(([text]) => text).join("")} />`}
    ${facts.get("answer") && html`<p><span class="dim">Reference answer</span> <${Tag}>${facts.get("answer")}<//></p>`}
    <h3>Solution</h3>
    ${row.blocks.length ? html`<${SolutionAgain} base=${base} row=${row} />` : html`<p class="dim">No solution was made.</p>`}
  `;
}
