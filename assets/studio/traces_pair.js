// Both solutions of a problem side by side.

import { Empty, Failure, Rich, Spinner, Tag, Verdict, count, go, html, link, runLink, useFetch, useKeys } from "./parts.js";
import { KINDS, PAGE, narrowed, tracesPath, usePolled } from "./traces_parts.js";
import { Whole } from "./traces_solution.js";

export function Pair({ first, second, query, titles }) {
  const filters = narrowed(query);
  const at = Math.max(0, Math.trunc(Number(query.at)) || 0);
  const path = tracesPath(first, ["compare", second], { ...filters, start: at, count: 1 });
  const { data, error, reload } = usePolled(path, false, (answer) => (answer.compared ? [] : [{ phase: "comparing" }]));
  const found = data?.compared;
  const to = (place) => link(["compare", first, second], { ...filters, at: place });
  const list = link(["compare", first, second], { ...filters, start: Math.floor(at / PAGE) * PAGE || "" });
  const next = found && at + 1 < found.total;
  useKeys({
    j: next && ["next problem", () => go(to(at + 1), { replace: true })],
    k: at > 0 && ["previous problem", () => go(to(at - 1), { replace: true })],
    u: ["back to all problems", () => go(list)],
  });
  const pair = found?.pairs[0];
  return html`<article class="trace">
    <nav class="trace-nav" aria-label="Problems">
      <a href=${list}>All problems</a>
      <span class="dim" aria-live="polite">${found ? `${count(Math.min(at + 1, found.total))} of ${count(found.total)}` : ""}</span>
      <span class="trace-steps">
        ${at > 0 ? html`<a class="trace-step" href=${to(at - 1)}>Previous</a>` : html`<span class="trace-step dim" aria-hidden="true">Previous</span>`}
        ${next ? html`<a class="trace-step" href=${to(at + 1)}>Next</a>` : html`<span class="trace-step dim" aria-hidden="true">Next</span>`}
      </span>
    </nav>
    ${error && html`<${Failure} error=${error} retry=${reload} />`}
    ${!found && !error && html`<${Spinner} label="Comparing" />`}
    ${found && !pair && html`<${Empty} title="There is no such problem" />`}
    ${pair &&
    html`<h1><code>${pair.benchmark} ${pair.problem}</code> <${Tag} tone=${KINDS[pair.kind][0]}>${pair.kind}<//></h1>
      <${Sides} key=${`${first}/${second}`} pair=${pair} runs=${[first, second]} titles=${titles} />`}
  </article>`;
}

function Sides({ pair, runs, titles }) {
  const ids = [pair.first.id, pair.second.id];
  const sides = [useSolution(runs[0], ids[0]), useSolution(runs[1], ids[1])];
  const question = sides[0].data?.row.question;
  return html`
    ${question && pair.same && html`<section aria-label="Question" class="trace-question"><${Rich} text=${question} /></section>`}
    <div class="trace-sides">
      ${sides.map(
        (side, at) => html`<section key=${at} aria-label=${at ? "Second run" : "First run"}>
          <h2>${titles[at]} ${side.data && html`<${Verdict} correct=${side.data.row.correct} outcome=${side.data.row.outcome} />`}</h2>
          <p class="dim"><a href=${runLink(runs[at], ["solution"], { id: ids[at] })}>${runs[at].replaceAll("~", "/")}</a></p>
          ${side.error && html`<${Failure} error=${side.error} retry=${side.reload} />`}
          ${!side.data && !side.error && html`<${Spinner} label="Fetching the solution" />`}
          ${side.data && html`<${Whole} row=${side.data.row} question=${!pair.same} />`}
        </section>`,
      )}
    </div>`;
}

const useSolution = (run, id) => useFetch(tracesPath(run, ["solution"], { id }));
