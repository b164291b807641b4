// The scores of an evaluation, by benchmark, and what was asked.

import { Details, Table, count, html, percent } from "./parts.js";
import { Share, leaves } from "./traces_parts.js";

const tokens = (part) => (part.tokens ? count(Math.round(part.tokens.per_problem)) : "");
const seconds = (part) => (part.seconds ? count(part.seconds.per_problem) : "");
const NOT_RIGHT = ["wrong", "ungradable", "invalid", "truncated", "failed"];

export function Scores({ scores, ready }) {
  if (!scores) return null;
  const { parts, final } = scores;
  const voted = parts.some((part) => part.maj);
  const costed = parts.some((part) => part.tokens);
  const head = ["Benchmark", "Problems", "Accuracy, 95% interval", ...(voted ? ["Majority, 95% interval", "Best pass@k"] : []), "Not right", ...(costed ? ["Tokens", "Seconds"] : [])];
  const numbers = head.flatMap((name, at) => (["Problems", "Tokens", "Seconds"].includes(name) ? [at] : []));
  const rows = parts.map((part) => [
    part.title,
    count(part.problems),
    html`<${Share} share=${part.accuracy} />`,
    ...(voted ? [html`<${Share} share=${part.maj} />`, best(part.pass)] : []),
    html`<span class="trace-lost">${lost(part.outcomes)}</span>`,
    ...(costed ? [tokens(part), seconds(part)] : []),
  ]);
  return html`<section aria-label="Scores" class="trace-scores">
    <h2>Scores ${!final && html`<small>so far; the run is ${ready ? "not finished" : "being indexed"}</small>`}</h2>
    ${parts.length ? html`<${Table} caption="Scores by benchmark" head=${head} rows=${rows} numbers=${numbers} />` : html`<p class="dim">There are no solutions yet.</p>`}
    ${parts.map((part) => html`<${Groups} key=${part.name} part=${part} alone=${parts.length === 1} />`)}
  </section>`;
}

// pass@k of the largest k.
function best(pass = {}) {
  const last = Object.entries(pass).at(-1);
  return last ? `${percent(last[1])} (k = ${last[0]})` : "";
}

function lost(outcomes = {}) {
  const some = NOT_RIGHT.filter((name) => outcomes[name]);
  return some.length ? some.map((name) => `${count(outcomes[name])} ${name}`).join(", ") : "none";
}

function Groups({ part, alone }) {
  const groups = [["level", part.by_level], ["subject", part.by_subject]].filter(([, by]) => by && Object.keys(by).length > 1);
  if (!part.name || !groups.length) return null;
  return html`<${Details} summary=${`${alone ? "By" : `${part.title} by`} ${groups.map(([name]) => name).join(" and ")}`}>
    ${groups.map(
      ([name, by]) => html`<${Table}
        caption=${`${part.title} by ${name}`}
        head=${[name === "level" ? "Level" : "Subject", "Problems", "Accuracy, 95% interval"]}
        rows=${Object.entries(by).map(([value, share]) => [value, count(share.total), html`<${Share} share=${share} />`])}
        numbers=${[1]}
      />`,
    )}
  <//>`;
}

export function Asked({ asked }) {
  const rows = ["model", "settings", "inputs", "versions", "started", "seconds"].flatMap((name) => (name in asked ? leaves(asked[name], name) : []));
  if (!rows.length) return null;
  const prompt = typeof asked.prompt === "string" ? asked.prompt : asked.prompt && JSON.stringify(asked.prompt, null, 1);
  return html`<${Details} summary="What was asked, of what, with which versions">
    <${Table} caption="What was asked" head=${["Setting", "Value"]} rows=${rows.map(([name, value]) => [html`<code>${name}</code>`, value])} />
    ${prompt && html`<h3>The first prompt</h3><pre tabindex="0" role="region" aria-label="The first prompt" class="trace-prompt">${prompt}</pre>`}
  <//>`;
}
