// One solution whole, and the way to those beside it.

import { Blocks, Failure, Rich, Spinner, Stat, Stats, Table, Tag, Verdict, count, go, html, runLink, useFetch, useKeys } from "./parts.js";
import { Answer, filtersOf, tracesPath } from "./traces_parts.js";

export function Solution({ run, query }) {
  const filters = filtersOf(query);
  const { data, error, loading, reload } = useFetch(tracesPath(run.name, ["solution"], { ...filters, id: query.id }));
  const to = (id) => runLink(run, ["solution"], { ...filters, id });
  const list = runLink(run, [], filters);
  const step = (id) => () => id && go(to(id), { replace: true });
  useKeys({
    j: data?.following && ["next solution", step(data.following)],
    k: data?.previous && ["previous solution", step(data.previous)],
    u: ["back to all solutions", () => go(list)],
  });
  if (error && !data) return html`<p><a href=${list}>All solutions</a></p><${Failure} error=${error} retry=${reload} />`;
  if (!data) return html`<${Spinner} label="Fetching the solution" />`;
  const narrowed = Object.keys(filters).some((name) => name !== "sort");
  return html`<article class="trace" aria-busy=${loading}>
    <nav class="trace-nav" aria-label="Solutions">
      <a href=${list}>${narrowed ? "All that were found" : "All solutions"}</a>
      <span class="dim" aria-live="polite">${count(Math.min(data.before + 1, data.total))} of ${count(data.total)}</span>
      <span class="trace-steps">
        <${Step} address=${data.previous && to(data.previous)} label="Previous" />
        <${Step} address=${data.following && to(data.following)} label="Next" />
      </span>
    </nav>
    <h1><code>${data.row.id}</code> <${Verdict} correct=${data.row.correct} outcome=${data.row.outcome} /></h1>
    <${Whole} row=${data.row} />
    ${data.samples.length > 1 && html`<${Samples} samples=${data.samples} current=${data.row.id} to=${to} />`}
  </article>`;
}

function Step({ address, label }) {
  return address ? html`<a class="trace-step" href=${address}>${label}</a>` : html`<span class="trace-step dim" aria-hidden="true">${label}</span>`;
}

// The row itself; in a comparison two of them stand side by side.
export function Whole({ row, question = true }) {
  const { solution } = row;
  const { cost } = solution;
  return html`
    ${question &&
    html`<section aria-label="Question" class="trace-question"><${Rich} text=${row.question} />
      ${row.options.length > 0 && html`<ol class="trace-options">${row.options.map((text, at) => html`<li key=${at}><b>${String.fromCharCode(65 + at)}</b> <${Rich} text=${text} /></li>`)}</ol>`}
    </section>`}
    <dl class="trace-grade">
      <div class=${row.correct === true ? "good" : row.correct === false ? "bad" : "unsure"}><dt>Answer</dt><dd><${Answer} text=${row.answer} /></dd></div>
      <div><dt>Reference</dt><dd><${Answer} text=${row.reference} /></dd></div>
      <div><dt>Graded by</dt><dd>${row.rule || "–"}</dd></div>
    </dl>
    <${Stats}>
      <${Stat} label="rounds" value=${count(cost.rounds)} />
      <${Stat} label="tokens" value=${count(cost.completion_tokens)} note=${cost.prompt_tokens ? `and ${count(cost.prompt_tokens)} read` : ""} />
      <${Stat} label="seconds" value=${count(cost.model_seconds + cost.sandbox_seconds)} note=${cost.sandbox_seconds ? `${count(cost.sandbox_seconds)} in the sandbox` : ""} />
    <//>
    <p class="facts">
      ${[["benchmark", row.benchmark], ["level", row.level], ["subject", row.subject], ["ended", solution.ended.replace("_", " ")], ["verification", row.check]]
        .filter(([, value]) => value)
        .map(([name, value]) => html`<span key=${name}><span class="dim">${name}</span> ${value}</span>`)}
    </p>
    ${row.note && html`<p class="notice">${row.note}</p>`}
    <section aria-label="Solution"><${Blocks} blocks=${solution.blocks} /></section>
    ${row.scores.length > 0 &&
    html`<${Table} caption="Log-likelihood of each option" head=${["Option", "Log-likelihood"]} numbers=${[1]} rows=${row.scores.map((score, at) => [String.fromCharCode(65 + at), score === null ? "–" : score.toFixed(3)])} />`}
  `;
}

const SAID = { majority: "with the majority", minority: "against the majority", unanimous: "all agree" };

function Samples({ samples, current, to }) {
  const row = (one) => [
    one.id === current ? html`<b>${one.sample}</b>` : html`<a href=${to(one.id)}>${one.sample}</a>`,
    html`<${Verdict} correct=${one.outcome === "right" ? true : one.outcome === "ungradable" ? null : false} outcome=${one.outcome} />`,
    html`<${Answer} text=${one.answer} />`,
    html`${SAID[one.vote] ?? ""} ${one.chosen ? html`<${Tag}>the vote's answer<//>` : ""}`,
  ];
  return html`<section aria-label="Samples">
    <h2>Samples of this problem</h2>
    <${Table} caption="Samples of this problem" head=${["Sample", "Outcome", "Answer", "Vote"]} rows=${samples.map(row)} />
  </section>`;
}
